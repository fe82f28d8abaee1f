import { Link } from 'react-router';
import { texts } from '../../../shared/texts.js';
import { person } from '../../../shared/words.js';
import { useAuth } from '../auth.jsx';
import { Avatar } from '../components/Avatar.jsx';
import { Cell } from '../components/Cell.jsx';
import { Title } from '../components/Title.jsx';

export function Profile() {
  const { state, accountTitle, requestProfile, signOut } = useAuth();
  const { session } = state;
  const { name, picture } = person(session);
  const scope = session.scope === 'snsapi_base' ? texts.scope_base : texts.scope_userinfo;
  return (
    <>
      <header className="card">
        <Avatar name={name} picture={picture} />
        <div data-field="nickname">
          <Title text={texts.my_account} heading={name} />
        </div>
      </header>
      <Link className="cells cell link" to="/orders">
        {texts.my_orders}
      </Link>
      <dl className="cells">
        <Cell label={texts.official_account} field="account" value={accountTitle(session.account)} />
        <Cell label="openid" field="openid" value={session.openid} canCopy />
        <Cell label="unionid" field="unionid" value={session.unionid} canCopy />
        <Cell label={texts.scope} field="scope" value={scope} />
      </dl>
      <div className="actions">
        <button
          className={session.profile ? 'button' : 'button primary'}
          data-action="request-profile"
          aria-describedby="share-profile-why"
          onClick={requestProfile}
        >
          {session.profile ? texts.refresh_profile : texts.share_profile}
        </button>
        <p className="hint" id="share-profile-why">
          {texts.share_profile_why}
        </p>
        <button className="button" data-action="sign-out" onClick={signOut}>
          {texts.sign_out}
        </button>
      </div>
    </>
  );
}
