import { useCallback, useEffect, useRef, useState } from 'react';
import { Link } from 'react-router';
import * as api from '../../../shared/api.js';
import { texts } from '../../../shared/texts.js';
import { byAccount, day, explain, price } from '../../../shared/words.js';
import { useAuth } from '../auth.jsx';
import { Loading } from '../components/Loading.jsx';
import { Title } from '../components/Title.jsx';

const NOTHING = { records: [], cursor: undefined };

export function Orders() {
  const { state, accountTitle, requestProfile, sessionEnded } = useAuth();
  const { session } = state;
  const isJoined = Boolean(session.unionid);
  const [across, setAcross] = useState(isJoined ? 'person' : 'account');
  const [list, setList] = useState(NOTHING);
  const [phase, setPhase] = useState({ name: 'loading' });
  // Only the answer to the latest question is shown.
  const question = useRef(0);

  const load = useCallback(
    async (from) => {
      setPhase({ name: 'loading' });
      const own = ++question.current;
      try {
        const page = await api.records('order', across, from.cursor);
        if (own !== question.current) return;
        setList({ records: [...from.records, ...page.records], cursor: page.next_cursor });
        setPhase({ name: 'loaded' });
      } catch (error) {
        if (own !== question.current) return;
        if (error.response?.status === 401) sessionEnded();
        else setPhase({ name: 'failed', error });
      }
    },
    [across, sessionEnded],
  );
  useEffect(() => {
    setList(NOTHING);
    load(NOTHING);
    return () => {
      question.current += 1;
    };
  }, [load]);

  return (
    <>
      <header className="head">
        <Title text={texts.my_orders} />
      </header>
      {isJoined && (
        <div className="choices" role="group" aria-label={texts.whose_orders}>
          {[
            ['person', texts.all_accounts],
            ['account', texts.this_account],
          ].map(([name, label]) => (
            <button
              key={name}
              className="choice"
              data-across={name}
              aria-pressed={across === name}
              onClick={() => setAcross(name)}
            >
              {label}
            </button>
          ))}
        </div>
      )}
      {byAccount(list.records).map(([account, orders]) => (
        <section key={account} data-account={account}>
          <h2 className="hint">{accountTitle(account)}</h2>
          <ul className="cells">
            {orders.map((order) => (
              <li key={order.key} className="cell order">
                <div>
                  <p>{order.value.title ?? order.key}</p>
                  <p className="hint">
                    {day(order.created_at)} {order.value.status}
                  </p>
                </div>
                <p>{price(order.value)}</p>
              </li>
            ))}
          </ul>
        </section>
      ))}
      <div className="actions" id="more">
        <More phase={phase} list={list} load={() => load(list)} />
      </div>
      {!isJoined && <OnlyThisAccount session={session} onJoin={requestProfile} />}
      <p className="actions">
        <Link className="link" to="/">
          {texts.my_account}
        </Link>
      </p>
    </>
  );
}

function More({ phase, list, load }) {
  if (phase.name === 'loading') return <Loading text={texts.loading} />;
  if (phase.name === 'failed') {
    return (
      <>
        <p>{texts.orders_failed}</p>
        <p className="hint">{explain(phase.error)}</p>
        <button className="button" data-action="retry" onClick={load}>
          {texts.retry}
        </button>
      </>
    );
  }
  if (list.cursor) {
    return (
      <button className="button" data-action="more" onClick={load}>
        {texts.load_more}
      </button>
    );
  }
  return (
    <p className="hint" role="status">
      {list.records.length ? texts.no_more : texts.no_orders}
    </p>
  );
}

function OnlyThisAccount({ session, onJoin }) {
  const canAsk = session.scope === 'snsapi_base' || !session.profile;
  return (
    <div className="actions">
      <p className="hint" id="join-why">
        {canAsk ? texts.join_why : texts.cannot_join}
      </p>
      {canAsk && (
        <button className="button" data-action="join" aria-describedby="join-why" onClick={onJoin}>
          {texts.join}
        </button>
      )}
    </div>
  );
}
