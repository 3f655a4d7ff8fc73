/*
 * Makes a key of the registry anew, below HKEY_LOCAL_MACHINE, as one in which no other can be made
 * that is to last; or, with "stable", as one like others.
 *
 *     volatile_key.exe KEY [stable]
 */
#include <stdio.h>
#include <windows.h>

int main(int count, char **words)
{
	DWORD option = count == 3 ? REG_OPTION_NON_VOLATILE : REG_OPTION_VOLATILE;
	HKEY key;
	LSTATUS code;

	if (count < 2)
		return 2;
	RegDeleteTreeA(HKEY_LOCAL_MACHINE, words[1]);
	code = RegCreateKeyExA(HKEY_LOCAL_MACHINE, words[1], 0, NULL, option, KEY_ALL_ACCESS, NULL,
			       &key, NULL);
	if (code)
		printf("no key: error %ld\n", code);
	return code != ERROR_SUCCESS;
}
