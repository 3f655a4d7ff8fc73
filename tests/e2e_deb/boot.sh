#!/bin/sh
# Boots a Debian with systemd in namespaces of its own, with a network of nothing but loopback. What it
# writes goes with it.
#
#     boot.sh BASE SCRATCH CGROUP     as root; becomes unshare, whose child is that systemd
#
# BASE is a folder with a Debian, SCRATCH one to mount on, CGROUP a new one in the tree of version 2.
set -eu

if [ "$1" != --inside ]; then
	mkdir "$3"
	echo $$ >"$3/cgroup.procs"
	exec unshare --mount --pid --fork --kill-child --uts --ipc --net --cgroup \
		"$0" --inside "$1" "$2"
fi

base=$2 scratch=$3

make_devices() {
	mount -t tmpfs -o mode=755,nosuid tmpfs dev
	for node in null:3 zero:5 full:7 random:8 urandom:9; do
		mknod -m 666 "dev/${node%:*}" c 1 "${node#*:}"
	done
	mknod -m 666 dev/tty c 5 0
	mkdir dev/pts dev/shm
	mount -t devpts -o newinstance,ptmxmode=666,gid=5 devpts dev/pts
	mount -t tmpfs tmpfs dev/shm
	ln -s pts/ptmx dev/ptmx
	ln -s /proc/self/fd dev/fd
}

mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs "$scratch"
cd "$scratch"
mkdir upper work root
mount -t overlay -o "lowerdir=$base,upperdir=upper,workdir=work" overlay root
cd root
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tracefs tracefs sys/kernel/tracing 2>/dev/null || :
make_devices
mkdir -p .host
pivot_root . .host
umount -l /.host
exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin /sbin/init
