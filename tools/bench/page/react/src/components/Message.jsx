import { Title } from './Title.jsx';

export function Message({ title, text, warn = false, children }) {
  return (
    <section className="message" role={warn ? 'alert' : 'status'}>
      <span className={warn ? 'icon warn' : 'icon info'} aria-hidden="true">
        {warn ? '!' : 'i'}
      </span>
      <Title text={title} />
      <p>{text}</p>
      <div className="actions">{children}</div>
    </section>
  );
}
