/*
 * csv.h - comma-separated lines.
 */
#ifndef DIRECTORY_CSV_H
#define DIRECTORY_CSV_H

#define CSV_FIELDS_MAX 32

/* Cut a line (changed in place) into fields, quotes and blanks around them removed. Returns how many; -1: a quote is not closed. */
int csv_split(char *line, char *fields[CSV_FIELDS_MAX]);

#endif
