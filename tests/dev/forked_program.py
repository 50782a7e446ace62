"""What test_forking runs, as `python -m tests.dev.forked_program`: says what it was started with, and does as told."""

import atexit
import os
import signal
import sys
import threading


def _after(thread: threading.Thread) -> None:
    thread.join()
    print("in a thread")


def _main() -> None:
    print("arguments", sys.argv[1:])
    print("environment", sorted(os.environ))
    match sys.argv[1]:
        case "exit":
            sys.exit(int(sys.argv[2]))
        case "leave work":
            atexit.register(print, "at exit")
            threading.Thread(target=_after, args=[threading.current_thread()]).start()
        case "raise":
            raise ValueError("what nobody expected")
        case "wait":
            print("up", os.getpid())
            signal.pause()


if __name__ == "__main__":
    _main()
