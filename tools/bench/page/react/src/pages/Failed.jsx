import { refusal } from '../../../shared/api.js';
import { texts } from '../../../shared/texts.js';
import { explain } from '../../../shared/words.js';
import { Message } from '../components/Message.jsx';

/** Without an error the browser has forgotten the login. */
export function Failed({ error }) {
  const refused = error && refusal(error);
  return (
    <Message
      warn
      title={error ? texts.failed_title : texts.forgetful_title}
      text={error ? explain(error) : texts.forgetful_text}
    >
      {refused && (
        <dl className="ids">
          {refused.wechat && (
            <>
              <dt>{texts.wechat_errcode}</dt>
              <dd data-field="errcode">
                {refused.wechat.errcode} (rid: {refused.wechat.rid})
              </dd>
            </>
          )}
          <dt>{texts.request_id}</dt>
          <dd data-field="request_id">{refused.request_id}</dd>
        </dl>
      )}
      {refused?.code !== 'refused_by_wechat' && (
        <button className="button primary" data-action="retry" onClick={() => location.reload()}>
          {texts.retry}
        </button>
      )}
    </Message>
  );
}
