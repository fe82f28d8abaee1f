import { qrCode } from '../../../shared/api.js';
import { texts } from '../../../shared/texts.js';
import { useAuth } from '../auth.jsx';
import { CopyButton } from '../components/CopyButton.jsx';
import { Message } from '../components/Message.jsx';

export function Guest({ reason }) {
  const { signIn } = useAuth();
  if (reason === 'open_in_wechat') {
    const local = location.pathname + location.search + location.hash;
    const isPhone = /mobi|android/i.test(navigator.userAgent);
    return (
      <Message title={texts.open_in_wechat_title} text={isPhone ? texts.open_from_phone : texts.open_from_desktop}>
        <img className="qr" src={qrCode(local)} alt={texts.qr_code} width="200" height="200" />
        <CopyButton className="button" label={texts.copy_link} text={location.origin + local} />
      </Message>
    );
  }
  return (
    <Message title={texts[`${reason}_title`]} text={texts[`${reason}_text`]}>
      <button className="button primary" data-action="sign-in" onClick={signIn}>
        {texts.sign_in}
      </button>
    </Message>
  );
}
