import { useState } from 'react';
import { letter } from '../../../shared/words.js';

export function Avatar({ name, picture }) {
  const [isBroken, setBroken] = useState(!picture);
  if (isBroken) {
    return (
      <span className="avatar" aria-hidden="true">
        {letter(name)}
      </span>
    );
  }
  return <img className="avatar" src={picture} alt="" referrerPolicy="no-referrer" onError={() => setBroken(true)} />;
}
