# The vm40 command: host code, linked with the directory library.
CONSOLE_SOURCES := $(addprefix console/, \
	verbs.c error.c options.c buffer.c json.c progress.c clock.c rundir.c telnet.c tcp.c line.c \
	machine.c qemu.c hercules.c bochs.c relay.c client.c prepare.c start.c \
	up.c down.c status.c complete.c console.c dialogue.c play.c direct.c direct_verbs.c ask.c swap.c reset.c timeline.c trace.c volume.c image_file.c image_show.c image_diff.c image.c files.c) \
	cp/snapshot/stream.c cp/snapshot/pages.c cp/lib/lz4.c
