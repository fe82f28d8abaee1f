export function Loading({ text }) {
  return (
    <div className="loading" role="status">
      <span className="spinner" aria-hidden="true"></span>
      <p>{text}</p>
    </div>
  );
}
