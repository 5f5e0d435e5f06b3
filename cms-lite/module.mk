# CMS-lite: the guest system, its host part, and what goes onto the system disk. See the top Makefile.

# The file system is one source for the guest, vm40 and the unit tests.
CMS_FS_SOURCES := $(addprefix cms-lite/,fs.c fs_data.c fs_boot.c)

CMS_PORTABLE_SOURCES := $(CMS_FS_SOURCES) $(addprefix cms-lite/,main.c command.c terminal.c fileid.c modes.c \
	cmd_disk.c cmd_file.c cmd_copy.c cmd_query.c exec.c program.c lib.c)
CMS_S390X_SOURCES := $(addprefix cms-lite/s390x/,start.S machine.c channel.c console.c disk.c card.c diagnose.c run.c \
	text.c)

CMS_SOURCES      := $(CMS_PORTABLE_SOURCES) $(CMS_S390X_SOURCES)
CMS_LDSCRIPT     := cms-lite/s390x/cms.ld
CMS_MKFS_SOURCES := $(CMS_FS_SOURCES) cms-lite/mkfs/host.c
CMS_HOST_SOURCES := $(CMS_MKFS_SOURCES)
