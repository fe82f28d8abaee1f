"""What Python's clients, unmodified, find at the simulator: `python claims.py http://127.0.0.1:8082`.

One line per claim, in the words of Rust's test programs; ends with 1 at the first claim that does not hold.
Moves the simulator's clock, so not against one that others are using.
"""

import sys
import traceback

# They register themselves.
import allauth_login  # noqa: F401
import sample  # noqa: F401
import social_login  # noqa: F401
import wechatpy_account  # noqa: F401
import wechatpy_login  # noqa: F401
import wechatpy_people  # noqa: F401
import wechatpy_tokens  # noqa: F401
from simulator import CLAIMS


def main():
    for done, (name, holds) in enumerate(CLAIMS):
        try:
            holds()
        except Exception:
            print(f"test {name} ... FAILED\n{traceback.format_exc()}", flush=True)
            print(f"test result: FAILED. {done} passed; 1 failed; 0 ignored")
            return 1
        print(f"test {name} ... ok", flush=True)
    print(f"test result: ok. {len(CLAIMS)} passed; 0 failed; 0 ignored")
    return 0


sys.exit(main())
