"""A real Spark cluster on this machine: a master, two workers and a Thrift server.

`make spark-up` and `make spark-down` call it. What it needs is in requirements.lock beside it, in
an environment of its own, and Java. All that it makes is in one folder; every process is small, so
that the whole cluster takes some 4 GB.
"""

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

HOST = "127.0.0.1"
MASTER_PORT, THRIFT_PORT = 17077, 10000
WORKERS = 2
SECONDS_TO_START = 120
JAVA = "17"
# One core each: what runs at once is what two machines would run at once.
WORKER = ["--cores", "1", "--memory", "1g", "--webui-port", "0"]
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
THRIFT_SERVER = "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2"


def thrift_settings(home: Path) -> dict[str, str]:
    return {
        "spark.master": f"spark://{HOST}:{MASTER_PORT}",
        "spark.driver.host": HOST,
        "spark.executor.memory": "900m",
        "spark.ui.enabled": "false",
        # A few thousand rows in 200 parts would be an hour of scheduling.
        "spark.sql.shuffle.partitions": "2",
        "spark.default.parallelism": "2",
        # Nothing here runs long enough to be worth compiling well.
        "spark.sql.codegen.wholeStage": "false",
        "spark.executor.extraJavaOptions": QUICK,
        "spark.sql.warehouse.dir": (home / "warehouse").as_uri(),
        "spark.hadoop.javax.jdo.option.ConnectionURL": (
            f"jdbc:derby:;databaseName={home}/metastore;create=true"
        ),
        "spark.hadoop.hive.server2.thrift.bind.host": HOST,
        "spark.hadoop.hive.server2.thrift.port": str(THRIFT_PORT),
    }


def up(home: Path) -> None:
    """Start what is not running yet, and return when the Thrift server answers."""
    if is_listening(THRIFT_PORT):
        print(f"The Thrift server answers at {HOST}:{THRIFT_PORT} already.")
        return
    require_java()
    down(home)
    shutil.rmtree(home, ignore_errors=True)
    (home / "logs").mkdir(parents=True)
    where = ["--host", HOST, "--port", str(MASTER_PORT), "--webui-port", "0"]
    master = start(home, "master", ["org.apache.spark.deploy.master.Master", *where])
    wait_for(home, "master", master, MASTER_PORT)
    for number in range(1, WORKERS + 1):
        place = ["--host", HOST, "--work-dir", str(home / f"worker{number}")]
        worker = ["org.apache.spark.deploy.worker.Worker", *WORKER, *place]
        start(home, f"worker{number}", [*worker, f"spark://{HOST}:{MASTER_PORT}"])
    settings = [
        word
        for name, value in thrift_settings(home).items()
        for word in ("--conf", f"{name}={value}")
    ]
    submit = ["org.apache.spark.deploy.SparkSubmit", *settings, "--class", THRIFT_SERVER]
    thrift = start(home, "thrift", [*submit, "spark-internal"], heap="1g")
    wait_for(home, "thrift", thrift, THRIFT_PORT)
    print(f"Spark is up: Thrift server at {HOST}:{THRIFT_PORT}, logs in {home / 'logs'}.")


def down(home: Path) -> None:
    """End the processes that `up` started here, the executors with their workers."""
    for path in sorted(home.glob("*.pid"), reverse=True):  # workers and Thrift before the master
        group = int(path.read_text())
        for sign in (signal.SIGTERM, signal.SIGKILL):
            if not is_ours(group):
                break
            os.killpg(group, sign)
            for _ in range(100):
                if not is_ours(group):
                    break
                time.sleep(0.1)
        path.unlink()


def start(home: Path, name: str, words: list[str], heap: str = "256m") -> subprocess.Popen:
    """A JVM of the wheel's, in a process group of its own, whose words go to its log."""
    spark = spark_home()
    environment = os.environ | {
        "SPARK_HOME": str(spark),
        "SPARK_LOCAL_IP": HOST,
        "SPARK_LOCAL_DIRS": str(home / "spill"),
        # The Thrift server's heap too, whatever spark.driver.memory says: it counts as a daemon.
        "SPARK_DAEMON_MEMORY": heap,
        "SPARK_DAEMON_JAVA_OPTS": QUICK,
        "PYSPARK_PYTHON": sys.executable,
    }
    with open(home / "logs" / f"{name}.log", "w") as log:
        process = subprocess.Popen(
            [spark / "bin" / "spark-class", *words],
            cwd=home,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    (home / f"{name}.pid").write_text(str(process.pid))
    return process


def wait_for(home: Path, name: str, process: subprocess.Popen, port: int) -> None:
    for _ in range(SECONDS_TO_START * 10):
        if is_listening(port):
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    log = home / "logs" / f"{name}.log"
    last = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
    sys.exit(f"Spark's {name} did not start; the end of {log}:\n{last}")


def is_ours(group: int) -> bool:
    """Whether the process that began this group is alive and Spark's, not another of its number."""
    try:
        words = Path(f"/proc/{group}/cmdline").read_bytes()
    except OSError:
        return False
    return (
        b"org.apache.spark" in words
    )  # an argument of spark-class, and of the JVM that it becomes


def is_listening(port: int) -> bool:
    with socket.socket() as found:
        return found.connect_ex((HOST, port)) == 0


def spark_home() -> Path:
    """Where the wheel of this environment has Spark."""
    import pyspark

    return Path(pyspark.__file__).parent


def require_java() -> None:
    java = shutil.which("java")
    said = subprocess.run([java, "-version"], capture_output=True, text=True) if java else None
    if said is None or f'version "{JAVA}' not in said.stderr:
        sys.exit(f"Spark needs Java {JAVA} as `java`; on Debian: openjdk-{JAVA}-jre-headless.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("up", "down"))
    parser.add_argument("home", type=lambda given: Path(given).resolve())
    given = parser.parse_args()
    {"up": up, "down": down}[given.what](given.home)


if __name__ == "__main__":
    main()
