"""Drives a Docker-compatible daemon with docker-py, as a program of its users would: docker_py.py SOCKET-URL IMAGE."""

import io
import socket
import sys
import tarfile
import threading

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
check("logs demultiplexed", b"".join(out or b"" for out, _ in logged.attach(logs=True, stream=True, demux=True)),
      b"line 1\nline 2\nline 4\nline 5\n")
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

stays = create("/bin/probe", "sleep")
stays.start()
check("exec", tuple(stays.exec_run(["/bin/probe", "print", "inside"])), (0, b"inside\n"))
check("exec code", stays.exec_run(["/bin/probe", "exit", "9"]).exit_code, 9)
check("exec demux", tuple(stays.exec_run(["/bin/probe", "print", "--stderr", "wrong"], demux=True).output), (None, b"wrong\n"))
check("exec stream", b"".join(stays.exec_run(["/bin/probe", "log", "--lines", "2"], stream=True).output), b"line 1\nline 2\n")
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
check("stats", stays.stats(stream=False)["pids_stats"]["current"], 1)
check("stats stream", "memory_stats" in next(stays.stats(stream=True, decode=True)), True)
check("list", [found.id for found in client.containers.list(filters={"label": "drydock.test"})], [stays.id])
check("top", stays.top()["Processes"][0][-1].startswith("/bin/probe sleep"), True)
stays.pause()
stays.reload()
check("pause", stays.status, "paused")
stays.unpause()
stays.stop(timeout=10)
check("stop", stays.wait(timeout=30)["StatusCode"], 143)
stays.remove()
print("done")
