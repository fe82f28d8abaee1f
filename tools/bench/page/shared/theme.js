// Dark or light by the system, which our style sheet wants to be told.
const dark = matchMedia('(prefers-color-scheme: dark)');
const follow = () => document.documentElement.setAttribute('data-weui-theme', dark.matches ? 'dark' : 'light');
follow();
dark.addEventListener('change', follow);
