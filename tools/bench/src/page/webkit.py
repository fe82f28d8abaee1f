# WebKitGTK with an empty profile, for addresses on standard input: each is opened in a tab, and so in a process, of its
# own, and what watch.js noted in it is a line of standard output. Ends with its input. WebKit's WebDriver would not do:
# its browsers keep no cache on disk, and have no script that runs before the page's.
import sys
import threading

import gi

gi.require_version('Gtk', '3.0')
gi.require_version('WebKit2', '4.1')
from gi.repository import GLib, Gtk, WebKit2

folder, watch, user_agent = sys.argv[1:]
data = WebKit2.WebsiteDataManager(base_data_directory=folder + '/data', base_cache_directory=folder + '/cache')
context = WebKit2.WebContext(website_data_manager=data)
everywhere = (WebKit2.UserContentInjectedFrames.TOP_FRAME, WebKit2.UserScriptInjectionTime.START, None, None)
content = WebKit2.UserContentManager()
content.add_script(WebKit2.UserScript(watch, *everywhere))
content.connect('script-message-received::bench', lambda _, noted: print(noted.get_js_value().to_string(), flush=True))
content.register_script_message_handler('bench')
features = WebKit2.Settings.get_all_features()
features = [features.get(at) for at in range(features.get_length())]
window = Gtk.Window(default_width=390, default_height=844)


def open_tab(address):
    tab = WebKit2.WebView(web_context=context, user_content_manager=content)
    settings = tab.get_settings()
    settings.set_user_agent(user_agent)
    for feature in features:
        # Apps on iPhones, WeChat among them, have none.
        if feature.get_identifier() == 'ServiceWorkers':
            settings.set_feature_enabled(feature, False)
    if window.get_child():
        window.get_child().destroy()
    window.add(tab)
    window.show_all()
    tab.load_uri(address)


def read():
    for line in sys.stdin:
        GLib.idle_add(open_tab, line.strip())
    GLib.idle_add(Gtk.main_quit)


print(f'WebKitGTK {WebKit2.MAJOR_VERSION}.{WebKit2.MINOR_VERSION}.{WebKit2.MICRO_VERSION}', flush=True)
threading.Thread(target=read, daemon=True).start()
Gtk.main()
