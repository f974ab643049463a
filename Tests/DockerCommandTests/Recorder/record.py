#!/usr/bin/env python3
"""Records what docker's CLI sends for each line of lines.txt, and what the daemon answered, as ../Recordings/NAME.json.

Usage: record.py unix:///path/of/a/real/docker.sock [NAME ...]

Needs a docker CLI 28 on PATH, a static busybox (BUSYBOX=/its/path where it is not /bin/busybox) and a daemon that may be filled and emptied: objects named rec-* are made and removed.
IDs are replaced by made-up ones of the same length, so that a recording read twice differs only where docker does.
"""
import json, os, re, shlex, socket, subprocess, sys, tempfile, threading, time

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "..", "Recordings")
PULLED = "127.0.0.1:5000/rec/absent:latest"
PULL_EVENTS = [
    {"status": "Pulling from rec/absent", "id": "latest"},
    {"status": "Pulling fs layer", "progressDetail": {}, "id": "a1b2c3d4e5f6"},
    {"status": "Downloading", "progressDetail": {"current": 512, "total": 1024},
     "progress": "[=========================>                         ]     512B/1.024kB", "id": "a1b2c3d4e5f6"},
    {"status": "Verifying Checksum", "progressDetail": {}, "id": "a1b2c3d4e5f6"},
    {"status": "Download complete", "progressDetail": {}, "id": "a1b2c3d4e5f6"},
    {"status": "Pull complete", "progressDetail": {}, "id": "a1b2c3d4e5f6"},
    {"status": "Digest: sha256:" + "5" * 64},
    {"status": "Status: Downloaded newer image for " + PULLED},
]


class Reader:
    def __init__(self, sock):
        self.sock, self.data = sock, b""

    def more(self):
        chunk = self.sock.recv(65536)
        self.data += chunk
        return bool(chunk)

    def until(self, mark):
        while mark not in self.data:
            if not self.more():
                return None
        head, self.data = self.data.split(mark, 1)
        return head

    def exactly(self, count):
        while len(self.data) < count:
            if not self.more():
                break
        body, self.data = self.data[:count], self.data[count:]
        return body

    def chunked(self, sink, body):
        """Passes chunks on, and keeps what they carry in `body`."""
        while True:
            line = self.until(b"\r\n")
            size = int((line or b"0").split(b";")[0], 16)
            chunk = self.exactly(size)
            body.append(chunk)
            self.exactly(2)
            sink(b"%x\r\n" % size + chunk + b"\r\n")
            if size == 0:
                return


def split_head(head):
    lines = head.decode().split("\r\n")
    return lines[0], [tuple(line.split(": ", 1)) if ": " in line else (line.rstrip(":"), "") for line in lines[1:]]


def get(headers, name):
    return next((value for key, value in headers if key.lower() == name), "")


class Proxy:
    def __init__(self, target):
        self.target, self.exchanges, self.lock = target, [], threading.Lock()
        self.path = tempfile.mktemp(suffix=".sock")
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen(50)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        upstream = socket.socket(socket.AF_UNIX)
        upstream.connect(self.target)
        asks, answers = Reader(client), Reader(upstream)
        try:
            while self.one(client, upstream, asks, answers):
                pass
        except (OSError, ValueError):
            pass
        finally:
            client.close()
            upstream.close()

    def one(self, client, upstream, asks, answers):
        head = asks.until(b"\r\n\r\n")
        if head is None:
            return False
        line, headers = split_head(head)
        method, target, _ = line.split(" ")
        exchange = {"method": method, "target": target, "requestBody": "", "headers": {}}
        for name in ("X-Registry-Auth", "Content-Type", "Upgrade"):
            if get(headers, name.lower()):
                exchange["headers"][name] = get(headers, name.lower())
        with self.lock:
            self.exchanges.append(exchange)
        if "/images/create?" in target and "fromImage" in target:
            subprocess.run(["docker", "-H", "unix://" + self.target, "tag", "rec-image:1", PULLED], check=True)
            body = "".join(json.dumps(event, separators=(",", ":")) + "\r\n" for event in PULL_EVENTS)
            exchange.update(status=200, responseHeaders={"Content-Type": "application/json"}, body=body)
            data = body.encode()
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(data) + data)
            return True
        upstream.sendall(head + b"\r\n\r\n")
        if get(headers, "transfer-encoding"):
            body = []
            asks.chunked(upstream.sendall, body)
            exchange["requestBody"] = text(b"".join(body))
        elif get(headers, "content-length"):
            body = asks.exactly(int(get(headers, "content-length")))
            exchange["requestBody"] = text(body)
            upstream.sendall(body)
        return self.answer(client, upstream, asks, answers, exchange, method)

    def answer(self, client, upstream, asks, answers, exchange, method):
        head = answers.until(b"\r\n\r\n")
        line, headers = split_head(head)
        status = int(line.split(" ")[1])
        exchange["status"] = status
        exchange["responseHeaders"] = {k: v for k, v in headers if k.lower() in (
            "content-type", "api-version", "ostype", "builder-version", "x-docker-container-path-stat", "docker-experimental")}
        client.sendall(head + b"\r\n\r\n")
        exchange["body"] = ""
        if status == 101:
            received = []

            def pump(source, sink, reader, keep):
                try:
                    data = reader.data
                    while True:
                        if data:
                            keep.append(data)
                            sink.sendall(data)
                        data = source.recv(65536)
                        if not data:
                            break
                    sink.shutdown(socket.SHUT_WR)
                except OSError:
                    pass
            sent = []
            up = threading.Thread(target=pump, args=(client, upstream, asks, sent))
            up.start()
            pump(upstream, client, answers, received)
            up.join(2)
            exchange["input"], exchange["body"] = text(b"".join(sent)), text(b"".join(received), limit=False)
            return False
        if method == "HEAD" or status in (204, 304):
            return True
        if get(headers, "transfer-encoding"):
            body = []
            try:
                answers.chunked(client.sendall, body)
            finally:
                exchange["body"] = text(b"".join(body))
            return True
        body = answers.exactly(int(get(headers, "content-length") or 0))
        exchange["body"] = text(body)
        client.sendall(body)
        return True


def text(data, limit=True):
    """Bytes as a JSON string: Latin-1 with a mark where they are not UTF-8, only their number where they are many."""
    if limit and len(data) > 20000:
        return "bytes:%d" % len(data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return "latin1:" + data.decode("latin-1")


class Names:
    """Stable stand-ins for IDs, by the order in which they are met."""

    def __init__(self):
        self.known = {}

    def stand_in(self, match):
        value = match.group(0)
        for length in (64, 12):
            for real, made in self.known.items():
                if real[:len(value)] == value:
                    return made[:len(value)]
        number = len(self.known) + 1
        made = ("%02x" % (0xa0 + number)) * 32
        self.known[value] = made
        return made[:len(value)]

    def scrub(self, value):
        value = re.sub(r"[0-9a-f]{64}", self.stand_in, value)
        for real, made in self.known.items():
            value = value.replace(real[:12], made[:12])
        return value


def tokens(command):
    lexer = shlex.shlex(command, posix=True, punctuation_chars=";>")
    lexer.whitespace_split = True
    return lexer


def invocations(command):
    """The docker commands of a shell line: their words, and whether their output is thrown away."""
    result, words = [], []
    for word in list(tokens(command)) + [";"]:
        if word != ";":
            words.append(word)
        elif words:
            quiet = words[-2:] == [">", "/dev/null"]
            result.append({"arguments": words[1:-2] if quiet else words[1:], "quiet": quiet})
            words = []
    return result


def lines():
    for line in open(os.path.join(HERE, "lines.txt")):
        line = line.rstrip("\n")
        if line and not line.startswith("#"):
            yield line


def main():
    target = sys.argv[1].removeprefix("unix://")
    only = sys.argv[2:]
    environment = dict(os.environ, DOCKER_CONFIG=tempfile.mkdtemp(), LC_ALL="C", REC_VALUE="from the environment")
    os.makedirs(OUT, exist_ok=True)
    work = tempfile.mkdtemp()
    for name, content in {"rec.env": "A=1\n# comment\nREC_VALUE\nB=two words\n", "rec.labels": "k=v\nempty\n"}.items():
        open(os.path.join(work, name), "w").write(content)
    os.mkdir(os.path.join(work, "tree"))
    open(os.path.join(work, "tree", "hello.txt"), "w").write("hello\n")
    for line in lines():
        record = True
        if line.startswith("- "):
            record, line = False, line[2:]
            name, command, stdin = "", line, ""
        else:
            name, command = line.split(": ", 1)
            command, _, stdin = command.partition(" <<< ")
            record = not only or name in only
        proxy = Proxy(target)
        env = dict(environment, DOCKER_HOST="unix://" + (proxy.path if record else target))
        started = int(time.time())
        done = subprocess.run(["sh", "-c", command], cwd=work, env=env, input=stdin.encode().decode("unicode_escape").encode(),
                              capture_output=True, timeout=60)
        if not record or not name:
            if done.returncode and not line.startswith("docker rm"):
                print("preparation failed:", line, done.stderr.decode())
            continue
        time.sleep(0.1)
        names = Names()
        result = {"command": command, "invocations": invocations(command), "stdin": stdin.encode().decode("unicode_escape"), "now": started, "exit": done.returncode,
                  "stdout": text(done.stdout), "stderr": text(done.stderr), "exchanges": proxy.exchanges}
        scrubbed = names.scrub(json.dumps(result, indent=1).replace(proxy.path, "/run/recorded.sock").replace(work, "/recorded"))
        with open(os.path.join(OUT, name + ".json"), "w") as file:
            file.write(scrubbed + "\n")
        print(name, done.returncode, len(proxy.exchanges))
    subprocess.run(["rm", "-rf", work])


main()
