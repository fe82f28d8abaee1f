import { Route, Routes } from 'react-router';
import { RequireLogin } from './components/RequireLogin.jsx';
import { NotFound } from './pages/NotFound.jsx';
import { Orders } from './pages/Orders.jsx';
import { Profile } from './pages/Profile.jsx';

export function App() {
  return (
    <main>
      <Routes>
        <Route element={<RequireLogin />}>
          <Route path="/" element={<Profile />} />
          <Route path="/orders" element={<Orders />} />
        </Route>
        <Route path="*" element={<NotFound />} />
      </Routes>
    </main>
  );
}
