"""A server of pages that are made up, for what reads those of exporters."""

import http.server
import threading


class PageServer:
    """Serves what `answer` gives of a count from 0 and the Accept header: the Content-Type, or None,
    and the page's bytes. Without a page (None) the answer is 503."""

    def __init__(self, answer):
        self.count = 0
        self.accepted = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(handler):
                self.accepted.append(handler.headers["Accept"])
                kind, page = answer(self.count, handler.headers["Accept"])
                self.count += 1
                handler.send_response(503 if page is None else 200)
                if kind:
                    handler.send_header("Content-Type", kind)
                handler.send_header("Content-Length", str(len(page or b"")))
                handler.end_headers()
                handler.wfile.write(page or b"")

            def log_message(handler, *_):
                pass

        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *exception):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def in_turn(*pages):
    """For a PageServer: one after the other, and the last again and again."""
    return lambda count, _: pages[min(count, len(pages) - 1)]
