"""Ask a server how it is, every 20 ms on a new connection, until the input ends; then print how long each took."""

import http.client
import json
import sys
import threading
import time

PAUSE = 0.02  # seconds


def main(port: int) -> None:
    """Print a list of pairs: when it was asked, and how many seconds the answer took, by the monotonic clock."""
    ended, found = threading.Event(), []
    watcher = threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True)
    watcher.start()
    while not ended.wait(PAUSE):
        start = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", "/healthz")
        assert connection.getresponse().read()
        connection.close()
        found.append((start, time.monotonic() - start))
    print(json.dumps(found))


if __name__ == "__main__":
    main(int(sys.argv[1]))
