import { Outlet } from 'react-router';
import { texts } from '../../../shared/texts.js';
import { useAuth } from '../auth.jsx';
import { Failed } from '../pages/Failed.jsx';
import { Guest } from '../pages/Guest.jsx';
import { Loading } from './Loading.jsx';

/** Shows the page to a signed-in user, and until then what the login is doing or what keeps it from succeeding. */
export function RequireLogin() {
  const { state } = useAuth();
  switch (state.name) {
    case 'loading':
      return <Loading text={texts.signing_in} />;
    case 'redirecting':
      return <Loading text={texts.going_to_wechat} />;
    case 'guest':
      return <Guest reason={state.reason} />;
    case 'failed':
      return <Failed error={state.error} />;
    default:
      return (
        <>
          {state.notice && (
            <p className="notice" role="status">
              {texts[state.notice]}
            </p>
          )}
          <Outlet />
        </>
      );
  }
}
