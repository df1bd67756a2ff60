/* Many access tokens out of one: the same claims under another `jti`, signed with the development
 * identity's key (RS256).
 *
 *   tokens KEY.pem COUNT < TOKEN      prints COUNT tokens, one a line */
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t url_base64(const unsigned char* data, int size, char* out) {
    size_t length = (size_t)EVP_EncodeBlock((unsigned char*)out, data, size);
    while (length > 0 && out[length - 1] == '=') --length;
    for (size_t i = 0; i < length; ++i) {
        if (out[i] == '+') out[i] = '-';
        if (out[i] == '/') out[i] = '_';
    }
    out[length] = '\0';
    return length;
}

static int plain(char* text, unsigned char* out) {
    size_t length = strlen(text);
    for (size_t i = 0; i < length; ++i) {
        if (text[i] == '-') text[i] = '+';
        if (text[i] == '_') text[i] = '/';
    }
    const size_t padding = (4 - length % 4) % 4;
    memcpy(text + length, "===", padding);
    text[length + padding] = '\0';
    const int size = EVP_DecodeBlock(out, (const unsigned char*)text, (int)(length + padding));
    return size - (int)padding;
}

int main(int argc, char** argv) {
    char token[4096], header[1024], claims[4096], line[8192];
    unsigned char decoded[4096], signature[1024];
    if (argc != 3 || fgets(token, sizeof token, stdin) == NULL) return 2;
    FILE* file = fopen(argv[1], "r");
    EVP_PKEY* key = file == NULL ? NULL : PEM_read_PrivateKey(file, NULL, NULL, NULL);
    char* first = strchr(token, '.');
    char* second = first == NULL ? NULL : strchr(first + 1, '.');
    if (key == NULL || second == NULL) return 2;
    snprintf(header, sizeof header, "%.*s", (int)(first - token), token);
    snprintf(claims, sizeof claims - 4, "%.*s", (int)(second - first - 1), first + 1);
    decoded[plain(claims, decoded)] = '\0';
    char* jti = strstr((char*)decoded, "\"jti\":\"");
    if (jti == NULL) return 2;
    jti += 7;
    for (long number = 0; number < atol(argv[2]); ++number) {
        char digits[12];
        snprintf(digits, sizeof digits, "%08lx", number);
        memcpy(jti, digits, 8);
        url_base64(decoded, (int)strlen((char*)decoded), claims);
        snprintf(line, sizeof line, "%s.%s", header, claims);
        EVP_MD_CTX* context = EVP_MD_CTX_new();
        size_t size = sizeof signature;
        if (EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) != 1 ||
            EVP_DigestSign(context, signature, &size, (unsigned char*)line, strlen(line)) != 1)
            return 1;
        EVP_MD_CTX_free(context);
        char text[2048];
        url_base64(signature, (int)size, text);
        printf("%s.%s\n", line, text);
    }
    EVP_PKEY_free(key);
    fclose(file);
    return 0;
}
