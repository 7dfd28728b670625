/* SPDX-License-Identifier: Apache-2.0 */

/*
 * floor_pages < URLS: reads these URLs one after the other with libcurl, takes them apart
 * with jansson and counts what is on them: what no import of the same pages can do
 * without. The bearer is in $BEARER.
 */

#include <curl/curl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct page {
    char *at;
    size_t length;
    size_t capacity;
};

static size_t take(char *data, size_t size, size_t count, void *context)
{
    struct page *page = context;
    size_t more = size * count;

    if (page->length + more > page->capacity) {
        page->capacity = 2 * (page->length + more);
        page->at = realloc(page->at, page->capacity);
        if (page->at == NULL)
            return 0;
    }
    memcpy(page->at + page->length, data, more);
    page->length += more;
    return more;
}

static size_t read_page(CURL *easy, const char *url, struct page *page)
{
    json_t *json;
    size_t count;

    page->length = 0;
    curl_easy_setopt(easy, CURLOPT_URL, url);
    if (curl_easy_perform(easy) != CURLE_OK) {
        fprintf(stderr, "%s: no answer\n", url);
        exit(1);
    }
    json = json_loadb(page->at, page->length, JSON_REJECT_DUPLICATES, NULL);
    if (json == NULL) {
        fprintf(stderr, "%s: no JSON\n", url);
        exit(1);
    }
    count = json_array_size(json_object_get(json, "value"));
    json_decref(json);
    return count;
}

int main(void)
{
    struct page page = {0};
    size_t objects = 0;
    char url[8192];
    CURL *easy;

    if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0 || (easy = curl_easy_init()) == NULL)
        return 1;
    curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
    curl_easy_setopt(easy, CURLOPT_XOAUTH2_BEARER, getenv("BEARER"));
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &page);
    while (fgets(url, sizeof url, stdin) != NULL) {
        url[strcspn(url, "\n")] = '\0';
        objects += read_page(easy, url, &page);
    }
    printf("%zu\n", objects);
    curl_easy_cleanup(easy);
    curl_global_cleanup();
    free(page.at);
    return 0;
}
