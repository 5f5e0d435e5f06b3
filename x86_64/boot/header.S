/*
 * header.S - what tells a boot loader how to start CP.
 *
 * Owns: the two headers. Read by the loader only: QEMU's -kernel looks for
 * the ELF note of the PVH protocol, GRUB for the multiboot2 header in the
 * first 32 KiB. Both load the ELF file and jump to start (start.S) in
 * 32-bit protected mode without paging.
 * There is no multiboot 1 header: QEMU would see it first, and refuse it in
 * a 64-bit file.
 * Source: Xen, xen/include/public/elfnote.h and arch-x86/hvm/start_info.h;
 * the multiboot2 specification, section 3.1.
 */
#define NOTE_PHYS32_ENTRY 18
#define MULTIBOOT2_MAGIC 0xe85250d6

	.section .note.pvh, "a", @note
	.balign	4
	.long	4, 4, NOTE_PHYS32_ENTRY	/* length of the name, of the value; type */
	.asciz	"Xen"
	.long	start

	.section .multiboot2, "a"
	.balign	8
multiboot2:
	.long	MULTIBOOT2_MAGIC, 0, multiboot2_end - multiboot2
	.long	0x100000000 - (MULTIBOOT2_MAGIC + multiboot2_end - multiboot2)
	.word	0, 0			/* the end of its tags */
	.long	8
multiboot2_end:
