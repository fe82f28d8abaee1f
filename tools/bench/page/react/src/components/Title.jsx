import { useEffect, useRef } from 'react';

export function Title({ text, heading }) {
  const element = useRef(null);
  useEffect(() => {
    document.title = text;
  }, [text]);
  useEffect(() => element.current.focus(), []);
  return (
    <h1 ref={element} tabIndex={-1}>
      {heading ?? text}
    </h1>
  );
}
