/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_REFUSE_H
#define CLOUD_MA_REFUSE_H

#include "entry.h"

/*
 * What this agent refuses before it asks the service, and in which words: the same for an
 * export and for whoever wants to know before (foresee.c).
 */

/* Each is true where it refuses; *problem is set then, and left alone else. */

/* All of an object of the class; NULL is the class that the mapping has not. */
bool refuse_class(const struct mapped_class *class, struct entry_problem *problem);
/* A value of the attribute, of whatever object. */
bool refuse_attribute(const struct mapping *mapping, const struct mapped_class *class,
                      const struct ma_attribute *a, struct entry_problem *problem);
/* Graph: a change of the attribute, of an object that comes from a directory. */
bool refuse_mastered(const struct mapped_class *class, const struct ma_attribute *a,
                     struct entry_problem *problem);

/* What is written by other requests than that of the object itself. */
bool refuse_not_of_body(const struct mapping *mapping, const struct mapped *mapped,
                        const char *name);

#endif
