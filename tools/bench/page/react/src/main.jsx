import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';
import '../../../../../frontend/style.css';
import '../../shared/theme.js';
import { App } from './App.jsx';
import { AuthProvider, start } from './auth.jsx';

// Before the router looks at the address, and before anything is rendered.
const arrival = start();
createRoot(document.getElementById('app')).render(
  <StrictMode>
    <AuthProvider arrival={arrival}>
      <BrowserRouter>
        <App />
      </BrowserRouter>
    </AuthProvider>
  </StrictMode>,
);
