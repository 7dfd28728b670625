/* SPDX-License-Identifier: Apache-2.0 */

/* floor_xml FILE...: each file walked by the text reader of libxml2, and nothing done. */

#include <libxml/xmlreader.h>
#include <stdio.h>

static long walk(const char *path)
{
    xmlTextReaderPtr reader = xmlReaderForFile(path, NULL, XML_PARSE_NONET);
    long nodes = 0;

    if (reader == NULL)
        return -1;
    while (xmlTextReaderRead(reader) == 1)
        nodes++;
    xmlFreeTextReader(reader);
    return nodes;
}

int main(int argc, char **argv)
{
    long nodes = 0;

    for (int i = 1; i < argc; i++) {
        long more = walk(argv[i]);

        if (more < 0) {
            fprintf(stderr, "floor_xml: %s cannot be read\n", argv[i]);
            return 1;
        }
        nodes += more;
    }
    printf("%ld\n", nodes);
    return 0;
}
