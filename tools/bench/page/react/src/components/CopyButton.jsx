import { useState } from 'react';
import { texts } from '../../../shared/texts.js';
import { copy } from '../../../shared/words.js';

export function CopyButton({ text, label, what = '', className }) {
  const [said, setSaid] = useState(label);
  const onClick = (event) => {
    setSaid(copy(text) ? texts.copied : texts.not_copied);
    event.currentTarget.focus();
  };
  return (
    <button className={className} data-action="copy" aria-live="polite" aria-label={`${said} ${what}`} onClick={onClick}>
      {said}
    </button>
  );
}
