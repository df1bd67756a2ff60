"""P15: from an empty Debian 12 and a clone to the first confirmed order.

The machine is a folder that debootstrap fills with a minimal Debian 12 (that is not counted), in
process and mount namespaces of its own. What is counted: `./run`, as a newcomer types it, which installs the
packages, configures, builds without a cache and serves; then `waybill demo`, until it has drawn
the order's journey. It needs root, the package debootstrap, a mirror of Debian and port 8080.
"""
import os
import shutil
import subprocess
import sys

from stage import ROOT, folder

MIRROR = "http://deb.debian.org/debian"
SOURCES = f"""deb {MIRROR} bookworm main
deb {MIRROR} bookworm-updates main
deb http://deb.debian.org/debian-security bookworm-security main
"""
TRY = """
cd /waybill
began=$(date +%s)
./run > /run.log 2>&1 &
until curl -sf http://127.0.0.1:8080/health/ready > /dev/null 2>&1; do
    kill -0 $! || { cat /run.log; exit 1; }
    sleep 0.2
done
served=$(date +%s)
build/release/waybill demo > /demo.log 2>&1 || { cat /demo.log; exit 1; }
echo $((served - began)) $(($(date +%s) - began))
kill $!
wait $!
"""


def empty_machine(home):
    if os.geteuid() != 0 or shutil.which("debootstrap") is None:
        sys.exit("bench/run: P15 needs root and the package debootstrap")
    with open(os.path.join(home, "debootstrap.log"), "w") as log:
        subprocess.run(["debootstrap", "--variant=minbase", "bookworm", home, MIRROR], check=True,
                       stdout=log, stderr=log)
    with open(os.path.join(home, "etc/apt/sources.list"), "w") as file:
        file.write(SOURCES)
    shutil.copy("/etc/resolv.conf", os.path.join(home, "etc/resolv.conf"))
    subprocess.run(["git", "clone", "-q", ROOT, os.path.join(home, "waybill")], check=True)


def p15(_runs, _quick):
    home = folder()
    try:
        empty_machine(home)
        done = subprocess.run(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c",
             'mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && '
             'exec chroot "$0" bash -c "$1"', home, TRY],
            stdout=subprocess.PIPE, text=True, timeout=1800,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8"})
        if done.returncode != 0:
            raise RuntimeError("the first order was not made: " + done.stdout[-2000:])
        served, confirmed = (int(text) / 60 for text in done.stdout.split())
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return [("P15", "empty Debian 12 to the first confirmed order",
             f"{confirmed:.1f} min ({served:.1f} until it serves)", "–", "–", "≤ 5 min",
             confirmed <= 5)]
