import { Link } from 'react-router';
import { texts } from '../../../shared/texts.js';
import { Message } from '../components/Message.jsx';

export function NotFound() {
  return (
    <Message warn title={texts.not_found_title} text={texts.not_found_text}>
      <Link className="button primary" to="/">
        {texts.to_start}
      </Link>
    </Message>
  );
}
