/*
 * handlers.h - the DIAGNOSE handlers by name, for the table, and the fields of their parameter lists.
 *
 * Parameter lists are byte arrays in guest storage; the numbers in them have the byte order of the guest's machine, texts its code.
 */
#ifndef CP_DIAGNOSE_HANDLERS_H
#define CP_DIAGNOSE_HANDLERS_H

#include <cp/device.h>
#include <cp/diagnose.h>
#include <cp/traits.h>

int diag_identify(struct diagnose *d); /* identify.c */
int diag_timer(struct diagnose *d);
int diag_command(struct diagnose *d); /* command.c */
int diag_edit_message(struct diagnose *d);
int diag_release_pages(struct diagnose *d); /* storage.c */
int diag_storage_size(struct diagnose *d);
int diag_storage_extents(struct diagnose *d);
int diag_yield(struct diagnose *d);
int diag_device_type(struct diagnose *d); /* device.c */
int diag_device_information(struct diagnose *d);
int diag_synchronous_block_io(struct diagnose *d); /* block.c */
int diag_operation(struct diagnose *d);            /* operation.c */
int diag_block_io(struct diagnose *d);             /* block250.c */
int diag_directory_swap(struct diagnose *d);       /* directory.c */
int diag_directory_update(struct diagnose *d);
int diag_ipl(struct diagnose *d); /* ipl.c */

uint64_t field_get(const uint8_t *p, unsigned bytes);
void field_put(uint8_t *p, unsigned bytes, uint64_t value);
/* A text in the guest's code, cut or filled with blanks to size. */
void field_put_text(uint8_t *p, size_t size, const char *text);

/* May storage with this page's key be used with an access key? The caller's range lies in storage. */
bool diagnose_key_allows(struct vm *vm, gabs_t a, size_t n, uint8_t key, bool store);

#endif
