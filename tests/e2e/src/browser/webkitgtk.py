# WebKitGTK as a phone's browser, told what to do by lines of JSON on standard input, each answered by one on standard
# output; requests are lines between them. Ends with its input. WebKit's own WebDriver would not do: its pages have no
# cache on disk and no scripts before their own, and it hangs where a page comes out of the back/forward cache.
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading

# A screen that nobody sees, and that goes with the last window. (xvfb-run waits for ever where another one starts beside.)
told, tells = os.pipe()
subprocess.Popen(['Xvfb', '-displayfd', str(tells), '-terminate', '-nolisten', 'tcp'], pass_fds=[tells], stderr=subprocess.DEVNULL)
os.close(tells)
os.environ['DISPLAY'] = ':' + os.fdopen(told).readline().strip()

import gi

gi.require_version('Gdk', '3.0')
gi.require_version('Gtk', '3.0')
gi.require_version('WebKit2', '4.1')
from gi.repository import Gdk, Gio, GLib, Gtk, WebKit2

look = json.loads(sys.argv[1])
FEATURES = WebKit2.Settings.get_all_features()
FEATURES = [FEATURES.get(at) for at in range(FEATURES.get_length())]
SEAT = Gdk.Display.get_default().get_default_seat()
KEYS = {'Tab': Gdk.KEY_Tab, 'Enter': Gdk.KEY_Return}


# Names roles as ARIA does, where it has a word for what WebKit calls them on the bus.
READ = '''
import json
import gi
gi.require_version('Atspi', '2.0')
from gi.repository import Atspi

ROLES = {'push button': 'button', 'toggle button': 'button', 'notification': 'alert', 'status bar': 'status',
         'check box': 'checkbox', 'radio button': 'radio'}


def walk(node):
    role, has_focus = node.get_role_name(), node.get_state_set().contains(Atspi.StateType.FOCUSED)
    yield ROLES.get(role, role), node.get_name(), has_focus
    for at in range(node.get_child_count()):
        yield from walk(node.get_child_at_index(at))


print(json.dumps({'answer': list(walk(Atspi.get_desktop(0)))}))
'''


def say(what):
    print(json.dumps(what), flush=True)


class Page:
    """A window with an empty profile."""

    def __init__(self):
        self.folder = tempfile.mkdtemp()
        data = WebKit2.WebsiteDataManager(base_data_directory=self.folder, base_cache_directory=self.folder + '/cache')
        # What iPhones have against trackers.
        data.set_itp_enabled(True)
        # Another site is another process, as in Safari.
        self.context = WebKit2.WebContext(website_data_manager=data, process_swap_on_cross_site_navigation_enabled=True)
        self.context.set_preferred_languages([look['language']])
        self.window = Gtk.Window(default_width=390, default_height=844)
        self.open_tab()

    # Each has a process of its own.
    def open_tab(self):
        if self.window.get_child():
            self.window.get_child().destroy()
        self.content = WebKit2.UserContentManager()
        self.scripts = {}
        self.view = WebKit2.WebView(web_context=self.context, user_content_manager=self.content)
        settings = self.view.get_settings()
        settings.set_user_agent(look['user_agent'] or settings.get_user_agent())
        settings.set_enable_write_console_messages_to_stdout(True)
        settings.set_enable_page_cache(look['keeps_pages'])
        for feature in FEATURES:
            # Apps on iPhones, WeChat among them, have none.
            if feature.get_identifier() == 'ServiceWorkers':
                settings.set_feature_enabled(feature, False)
        self.window.add(self.view)
        self.window.show_all()
        self.window.present()
        self.view.grab_focus()
        self.waiting = self.asks = None
        self.view.connect('load-changed', self.load_changed)
        self.view.connect('notify::uri', self.moved)
        self.view.connect('resource-load-started', self.requested)
        self.view.connect('decide-policy', self.decide)

    def close(self):
        self.window.destroy()
        shutil.rmtree(self.folder, ignore_errors=True)

    # Other schemes are other apps', as on a phone.
    def decide(self, _view, decision, kind):
        if kind != WebKit2.PolicyDecisionType.NAVIGATION_ACTION:
            return False
        if decision.get_navigation_action().get_request().get_uri().split(':')[0] in ('http', 'https', 'about', 'data'):
            return False
        decision.ignore()
        return True

    def requested(self, _view, resource, request):
        say({'request': f'{request.get_http_method() or "GET"} {request.get_uri()}'})
        resource.connect('sent-request', self.redirected)

    def redirected(self, _resource, request, answer):
        if answer and 300 <= answer.get_status_code() < 400:
            say({'request': f'{request.get_http_method() or "GET"} {request.get_uri()}'})

    # A navigation is over when what began after the order has finished, which it also has when it failed. A page out of
    # the back/forward cache does not always say that it has.
    def load_changed(self, _view, event):
        if event == WebKit2.LoadEvent.COMMITTED:
            # Where the new page has another process, what the old one was asked is never answered.
            GLib.timeout_add_seconds(1, self.gives_up, self.asks)
        if not self.waiting:
            return
        if event == WebKit2.LoadEvent.STARTED:
            self.waiting['has_begun'] = True
        elif self.waiting['has_begun']:
            arrives = (WebKit2.LoadEvent.FINISHED, WebKit2.LoadEvent.COMMITTED if self.waiting['goes_back'] else None)
            if event in arrives:
                self.arrived()

    # Back and Forward within a page load nothing, and do nothing where another Back is under way.
    def moved(self, *_):
        GLib.idle_add(self.stays, self.waiting)

    def stays(self, waiting):
        if waiting and self.waiting is waiting and waiting['goes_back'] and not waiting['has_begun']:
            self.arrived()

    # Where one page goes to another site before it has loaded, WebKit does not always tell the end of it either.
    def is_late(self, waiting):
        if waiting and self.waiting is waiting:
            self.arrived()

    def arrived(self):
        self.waiting = None
        say({'answer': None})

    def ask(self, code):
        question = self.asks = object()

        def answered(view, result):
            try:
                value = view.call_async_javascript_function_finish(result).to_json(0)
                answer = {'answer': None if value is None else json.loads(value)}
            except GLib.Error as error:
                answer = {'error': error.message}
            if self.asks is question:
                self.answer(answer)
        self.view.call_async_javascript_function(code, -1, None, None, None, None, answered)

    def gives_up(self, question):
        if self.asks is question:
            self.answer({'error': 'the page has gone'})

    def answer(self, what):
        if self.asks:
            self.asks = None
            say(what)

    def navigate(self, act, goes_back=False, leads_somewhere=True):
        waits = look['waits_for_load'] and leads_somewhere
        if waits:
            self.waiting = {'has_begun': False, 'goes_back': goes_back}
            GLib.timeout_add_seconds(3, self.stays, self.waiting)
            GLib.timeout_add_seconds(10, self.is_late, self.waiting)
        act()
        if not waits:
            say({'answer': None})

    # Input as the toolkit has it from the system: what the X server would make of orders arrives too late, or never.
    def point(self, kind, x, y):
        event = Gdk.Event.new(kind)
        of_kind = event.motion
        if kind != Gdk.EventType.MOTION_NOTIFY:
            of_kind = event.button
            of_kind.button = 1
        of_kind.window, of_kind.x, of_kind.y, of_kind.x_root, of_kind.y_root = self.view.get_window(), x, y, x, y
        if kind == Gdk.EventType.BUTTON_RELEASE:
            of_kind.state = Gdk.ModifierType.BUTTON1_MASK
        event.set_device(SEAT.get_pointer())
        Gtk.main_do_event(event)

    def key(self, kind, value):
        event = Gdk.Event.new(kind)
        event.key.window, event.key.keyval = self.window.get_window(), value
        _, codes = Gdk.Keymap.get_default().get_entries_for_keyval(value)
        event.key.hardware_keycode = codes[0].keycode
        event.set_device(SEAT.get_keyboard())
        Gtk.main_do_event(event)

    # By what content blockers on phones are made of.
    def block(self, addresses):
        self.content.remove_all_filters()
        rules = [{'trigger': {'url-filter': '^' + address.replace('.', '[.]').replace('*', '.*') + '$'}, 'action': {'type': 'block'}}
                 for address in addresses]
        if not rules:
            return say({'answer': None})

        def saved(filters, result):
            self.content.add_filter(filters.save_finish(result))
            say({'answer': None})
        filters = WebKit2.UserContentFilterStore(path=self.folder + '/filters')
        filters.save('blocked', GLib.Bytes.new(json.dumps(rules).encode()), None, saved)

    def inject(self, source):
        everywhere = (WebKit2.UserContentInjectedFrames.TOP_FRAME, WebKit2.UserScriptInjectionTime.START, None, None)
        script = WebKit2.UserScript(source, *everywhere)
        self.content.add_script(script)
        name = str(len(self.scripts))
        self.scripts[name] = script
        return name


def pictured(view, result, page):
    surface = view.get_snapshot_finish(result)
    path = page.folder + '/page.png'
    surface.write_to_png(path)
    say({'answer': path})


def obey(order):
    global page
    what, value = order['do'], order.get('value')
    view = page.view
    # An order that was given up is answered no more.
    page.waiting = page.asks = None
    if what == 'goto':
        page.navigate(lambda: view.load_uri(value))
    elif what == 'reload':
        page.navigate(view.reload)
    elif what == 'back':
        page.navigate(view.go_back, True, view.can_go_back())
    elif what == 'forward':
        page.navigate(view.go_forward, True, view.can_go_forward())
    elif what == 'address':
        say({'answer': view.get_uri()})
    elif what == 'script':
        page.ask(value)
    elif what == 'click':
        page.point(Gdk.EventType.MOTION_NOTIFY, *value)
        page.point(Gdk.EventType.BUTTON_PRESS, *value)
        page.point(Gdk.EventType.BUTTON_RELEASE, *value)
        say({'answer': None})
    elif what == 'press':
        page.key(Gdk.EventType.KEY_PRESS, KEYS[value])
        page.key(Gdk.EventType.KEY_RELEASE, KEYS[value])
        say({'answer': None})
    elif what == 'before_each_page':
        say({'answer': page.inject(value)})
    elif what == 'forget':
        page.content.remove_script(page.scripts[value])
        say({'answer': None})
    elif what == 'screenshot':
        region, options = WebKit2.SnapshotRegion.FULL_DOCUMENT, WebKit2.SnapshotOptions.NONE
        view.get_snapshot(region, options, None, pictured, page)
    elif what == 'set_size':
        page.window.resize(*value)
        say({'answer': None})
    elif what == 'set_dark':
        Gtk.Settings.get_default().set_property('gtk-application-prefer-dark-theme', value)
        say({'answer': None})
    elif what == 'pretend':
        view.get_settings().set_user_agent(value[0])
        page.context.set_preferred_languages([value[1]])
        say({'answer': None})
    elif what == 'block':
        page.block(value)
    elif what == 'accessibility':
        # In another process, because the tree is asked for over a bus that this one answers at, too.
        reader = Gio.Subprocess.new(['/usr/bin/python3', '-c', READ], Gio.SubprocessFlags.STDOUT_PIPE)
        reader.communicate_utf8_async(None, None, lambda it, result: print(it.communicate_utf8_finish(result)[1], flush=True))
    elif what == 'new_tab':
        page.open_tab()
        say({'answer': None})
    elif what == 'lose_cookies':
        cookies = WebKit2.WebsiteDataTypes.COOKIES
        data = page.context.get_website_data_manager()
        data.clear(cookies, 0, None, lambda data, result: say({'answer': data.clear_finish(result)}))
    elif what == 'forget_everything':
        page.close()
        page = Page()
        say({'answer': None})


def attempt(line):
    try:
        obey(json.loads(line))
    except Exception as error:
        say({'error': repr(error)})


def read():
    for line in sys.stdin:
        GLib.idle_add(attempt, line)
    GLib.idle_add(Gtk.main_quit)


Gtk.Settings.get_default().set_property('gtk-application-prefer-dark-theme', look['dark'])
page = Page()
say({'answer': f'WebKitGTK {WebKit2.MAJOR_VERSION}.{WebKit2.MINOR_VERSION}.{WebKit2.MICRO_VERSION}'})
threading.Thread(target=read, daemon=True).start()
Gtk.main()
page.close()
