#!/bin/bash
# WebKitGTK 2.50.6 (Debian 12): a server answers 503 once to the module script that a page names in
# <link rel="modulepreload">, and 200 from then on. The page imports it, and is then opened again, at another address.
#
# Expected: the second page load asks for the module anew and gets it, as it does where the page has no such link.
# Seen:     with the link, no later page load in that window asks for it, and each import fails.
#
# Ends with 0 while that is so, with 1 once it changes. Needs Debian's packages gir1.2-webkit2-4.1, python3-gi and xvfb,
# which it does not install, and says so where they are missing (2).
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
cat >try.py <<'PY'
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import gi

gi.require_version('Gtk', '3.0')
gi.require_version('WebKit2', '4.1')
from gi.repository import GLib, Gtk, WebKit2

LINK = '<link rel="modulepreload" href="/module.js">'
PAGE = '''<!doctype html>
<script>setTimeout(() => import('/module.js').then(() => 'imported', () => 'failed').then(
    outcome => fetch('/outcome', { method: 'POST', body: outcome })), 500)</script>'''


class Server(BaseHTTPRequestHandler):
    def answer(self, status=200, kind='text/html', body=''):
        self.send_response(status)
        self.send_header('Content-Type', kind)
        self.send_header('Cache-Control', 'no-store')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def do_GET(self):
        if self.path != '/module.js':
            return self.answer(body=PAGE.replace('<script>', LINK + '<script>') if self.path.startswith('/link') else PAGE)
        self.server.asked += 1
        self.answer(200 if self.server.loads else 503, 'text/javascript')

    def do_POST(self):
        outcome = self.rfile.read(int(self.headers['Content-Length'])).decode()
        self.server.loads.append((outcome, self.server.asked))
        self.server.asked = 0
        self.answer()
        GLib.idle_add(Gtk.main_quit)

    def log_message(self, *_):
        pass


def load_three_times(path):
    """What became of the import in each page load, and how often the module was asked for."""
    server = ThreadingHTTPServer(('127.0.0.1', 0), Server)
    server.loads, server.asked = [], 0
    threading.Thread(target=server.serve_forever, daemon=True).start()
    view = WebKit2.WebView(web_context=WebKit2.WebContext.new_ephemeral())
    window = Gtk.Window()
    window.add(view)
    window.show_all()
    for load in range(3):
        view.load_uri(f'http://127.0.0.1:{server.server_port}{path}{load}')
        Gtk.main()
    window.destroy()
    return server.loads


GLib.timeout_add_seconds(60, sys.exit, 2)
print(f'WebKitGTK {WebKit2.MAJOR_VERSION}.{WebKit2.MINOR_VERSION}.{WebKit2.MICRO_VERSION}')
plain, linked = load_three_times('/plain'), load_three_times('/link')
print(f'expected: {plain}, without the link')
print(f'seen:     {linked}, with it')
mended = [('failed', 1), ('imported', 1), ('imported', 1)]
sys.exit(0 if plain == mended and linked == [('failed', 1), ('failed', 0), ('failed', 0)] else 1)
PY
command -v xvfb-run >/dev/null && /usr/bin/python3 -c "import gi; gi.require_version('WebKit2', '4.1')" 2>/dev/null ||
    { echo 'skipped: install gir1.2-webkit2-4.1, python3-gi and xvfb'; exit 2; }
xvfb-run --auto-servernum /usr/bin/python3 try.py 2>/dev/null
