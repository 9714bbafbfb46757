"""A real HTTP server on a free loopback port that keeps what it is sent and answers as told."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Listener:
    """What came in (`requests`: path, headers, body); `answer` makes (status, headers, body) of a body."""

    def __init__(self):
        self.requests = []
        self.answer = lambda _: (200, {}, b"")
        self.url = ""


@contextmanager
def listening():
    """Yield a running Listener; it ends with the block."""
    kept = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            kept.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            status, headers, answer = kept.answer(body)
            self.send_response(status)
            for name, value in {**headers, "content-length": str(len(answer))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST  # noqa: N815 - the server's own naming

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    kept.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield kept
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
