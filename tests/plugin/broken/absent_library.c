/* SPDX-License-Identifier: Apache-2.0 */
int absent_answer(void);
int absent_answer(void)
{
    return 42;
}
