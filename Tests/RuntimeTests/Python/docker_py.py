"""Drives a Docker-compatible daemon with docker-py, as a program of its users would: docker_py.py SOCKET-URL IMAGE."""

import io
import random
import socket
import sys
import tarfile
import threading
import time

import docker

client = docker.DockerClient(base_url=sys.argv[1], version="1.44", timeout=30)
image = sys.argv[2]
label = {"drydock.test": "docker-py"}


def check(name, got, expected):
    if got != expected:
        sys.exit(f"{name}: got {got!r}, expected {expected!r}")
    print("ok", name)


def create(*command, **options):
    return client.containers.create(image, list(command), labels=label, network_mode="none", **options)


def read_until_end(stream):
    data = b""
    while chunk := stream.recv(4096):
        data += chunk
    return data


def read_until(stream, end):
    data = b""
    while end not in data:
        chunk = stream.recv(4096)
        if not chunk:
            break
        data += chunk
    return data


def waiter(container, **how):
    """A wait that is under way: its result comes when the function is called."""
    results, headers = [], threading.Event()

    def wait():
        url = client.api._url("/containers/{0}/wait", container.id)
        answer = client.api._post(url, params=how, stream=True)
        headers.set()
        results.append(answer.json()["StatusCode"])

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    check("wait begins", headers.wait(30), True)

    def result():
        thread.join(30)
        return results[0] if results else None

    return result


def events_of(container, seen, ready):
    stream = client.events(decode=True, filters={"container": container.id})
    ready.set()
    for event in stream:
        seen.append(event["Action"])
        if event["Action"] == "destroy":
            stream.close()
            return


check("ping", client.ping(), True)
check("run", client.containers.run(image, ["/bin/probe", "print", "hello"], remove=True), b"hello\n")
try:
    client.containers.run(image, ["/bin/probe", "exit", "7"], remove=True)
    sys.exit("run: a failing command went unnoticed")
except docker.errors.ContainerError as error:
    check("run fails", error.exit_status, 7)
try:
    client.containers.get("drydock-none")
    sys.exit("get: found what is not there")
except docker.errors.NotFound:
    print("ok not found")

logged = create("/bin/probe", "log", "--lines", "6", "--stderr-every", "3")
seen, ready = [], threading.Event()
watcher = threading.Thread(target=events_of, args=(logged, seen, ready), daemon=True)
watcher.start()
check("events open", ready.wait(30), True)
logged.start()
check("wait", logged.wait(timeout=30)["StatusCode"], 0)
check("logs stdout", logged.logs(stderr=False), b"line 1\nline 2\nline 4\nline 5\n")
check("logs stderr", logged.logs(stdout=False), b"line 3\nline 6\n")
# No tail: the streams are two pipes, and which one's last line stands last in the log is nobody's promise.
check("logs stream", b"".join(logged.logs(stream=True, follow=True, stderr=False)), b"line 1\nline 2\nline 4\nline 5\n")
# Before the start: to one that has ended dockerd stays attached, since it might be started again.
watched = create("/bin/probe", "log", "--lines", "6", "--stderr-every", "3")
frames = watched.attach(stream=True, demux=True)
watched.start()
pairs = list(frames)
check("attach stdout", b"".join(out or b"" for out, _ in pairs), b"line 1\nline 2\nline 4\nline 5\n")
check("attach stderr", b"".join(err or b"" for _, err in pairs), b"line 3\nline 6\n")
watched.remove(force=True)
logged.remove()
watcher.join(30)
check("events", [action for action in seen if action in ("start", "die", "destroy")], ["start", "die", "destroy"])

echo = create("/bin/probe", "echo", stdin_open=True)
attached = echo.attach_socket(params={"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1})
echo.start()
wire = attached._sock
wire.settimeout(30)
wire.sendall(b"through the wire\n")
wire.shutdown(socket.SHUT_WR)
check("attach socket", read_until_end(wire).count(b"through the wire\n"), 1)
attached.close()
echo.remove(force=True)

shell = create("/bin/probe", "echo", stdin_open=True, tty=True)
attached = shell.attach_socket(params={"stdin": 1, "stdout": 1, "stream": 1})
shell.start()
shell.resize(height=44, width=122)
wire = attached._sock
wire.settimeout(30)
wire.sendall(b"typed\r")
check("attach terminal", read_until(wire, b"typed\r\ntyped\r\n"), b"typed\r\ntyped\r\n")
wire.sendall(b"\x10\x11")
check("detach", read_until_end(wire)[-8:], b"")
attached.close()
shell.reload()
check("detached, not ended", shell.status, "running")
removed = waiter(shell, condition="removed")
shell.remove(force=True)
check("wait removed", removed(), 137)

stays = create("/bin/probe", "sleep")
stays.start()
check("exec", tuple(stays.exec_run(["/bin/probe", "print", "inside"])), (0, b"inside\n"))
check("exec code", stays.exec_run(["/bin/probe", "exit", "9"]).exit_code, 9)
check("exec demux", tuple(stays.exec_run(["/bin/probe", "print", "--stderr", "wrong"], demux=True).output), (None, b"wrong\n"))
check("exec stream", b"".join(stays.exec_run(["/bin/probe", "log", "--lines", "2"], stream=True).output), b"line 1\nline 2\n")
session = client.api.exec_create(stays.id, ["/bin/probe", "echo"], stdin=True)
stream = client.api.exec_start(session["Id"], socket=True)
wire = stream._sock
wire.settimeout(30)
wire.sendall(b"into the exec\n")
wire.shutdown(socket.SHUT_WR)
check("exec socket", read_until_end(wire).count(b"into the exec\n"), 1)
stream.close()
check("exec socket code", client.api.exec_inspect(session["Id"])["ExitCode"], 0)
archive = io.BytesIO()
with tarfile.open(fileobj=archive, mode="w") as tar:
    entry = tarfile.TarInfo("note")
    entry.size = 5
    tar.addfile(entry, io.BytesIO(b"cargo"))
check("put_archive", stays.put_archive("/tmp", archive.getvalue()), True)
chunks, status = stays.get_archive("/tmp/note")
check("get_archive status", (status["name"], status["size"]), ("note", 5))
with tarfile.open(fileobj=io.BytesIO(b"".join(chunks))) as tar:
    check("get_archive", tar.extractfile("note").read(), b"cargo")
cargo = random.Random(1).randbytes(20 << 20)
archive = io.BytesIO()
with tarfile.open(fileobj=archive, mode="w") as tar:
    entry = tarfile.TarInfo("cargo")
    entry.size, entry.mode, entry.mtime, entry.uid, entry.gid = len(cargo), 0o640, 1_000_000_000, 1000, 1001
    tar.addfile(entry, io.BytesIO(cargo))
check("put_archive large", stays.put_archive("/tmp", archive.getvalue()), True)
chunks, status = stays.get_archive("/tmp/cargo", chunk_size=65536)
with tarfile.open(fileobj=io.BytesIO(b"".join(chunks))) as tar:
    entry = tar.getmember("cargo")
    check("get_archive owner", (entry.mode, entry.mtime, entry.uid, entry.gid), (0o640, 1_000_000_000, 1000, 1001))
    check("get_archive large", tar.extractfile(entry).read() == cargo, True)
try:
    stays.get_archive("/tmp/absent")
    sys.exit("get_archive: found what is not there")
except docker.errors.NotFound:
    print("ok get_archive absent")
check("stats", stays.stats(stream=False)["pids_stats"]["current"], 1)
check("stats stream", "memory_stats" in next(stays.stats(stream=True, decode=True)), True)
check("list", [found.id for found in client.containers.list(filters={"label": "drydock.test"})], [stays.id])
check("top", stays.top()["Processes"][0][-1].startswith("/bin/probe sleep"), True)
stays.pause()
stays.reload()
check("pause", stays.status, "paused")
stays.unpause()
ended = waiter(stays, condition="next-exit")
stays.stop(timeout=10)
check("wait next-exit", ended(), 143)
check("stop", stays.wait(timeout=30)["StatusCode"], 143)
now = int(time.time()) + 1
past = client.events(since=0, until=now, decode=True, filters={"container": stays.id, "type": "container"})
actions = [event["Action"] for event in past]
check("events past", [action for action in actions if action in ("pause", "unpause", "die")], ["pause", "unpause", "die"])
stays.remove()
print("done")
