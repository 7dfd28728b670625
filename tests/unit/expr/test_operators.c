/* SPDX-License-Identifier: Apache-2.0 */

/* Operators on every kind of value, and how sets go through them. */

#include <stdio.h>

#include "expr_case.h"
#include "suite.h"

static const char *const given[] = {
    "text=abc",
    "empty=",
    "number=42",
    "numeric=text:42",
    "flag=true",
    "word=text:TRUE",
    "bytes=hex:0102",
    "same=hex:0102",
    "none=hex:",
    "many=a",
    "many=b",
    "many=c",
    "pair=1",
    "pair=2",
    "big=9223372036854775807",
    "small=-9223372036854775808",
    "ref=ref:CN=Ada,DC=x",
    NULL,
};

START_TEST(equality)
{
    CHECK(
        {"\"a\"=\"A\"", "True"}, {"\"\u00e5\"=\"\u00c5\"", "True"},
        {"\"stra\u00dfe\"=\"STRASSE\"", "False"}, {"\"a\"=\"b\"", "False"},
        {"1=1", "True"}, {"1=1.0", "True"}, {"1=1.5", "False"},
        {"[number]=\"42\"", "True"}, {"[numeric]=42", "True"}, {"[text]=1", "False"},
        {"[big]=\"9223372036854775807\"", "True"}, {"[big]=9223372036854775806", "False"},
        {"[flag]=True", "True"}, {"[word]=True", "True"}, {"[flag]=\"false\"", "False"},
        {"[text]=True", "False"}, {"1=True", "True"}, {"0=False", "True"},
        {"[bytes]=[same]", "True"}, {"[bytes]=\"0102\"", "False"},
        {"[bytes]<>\"0102\"", "True"}, {"NULL=NULL", "True"}, {"[absent]=NULL", "True"},
        {"[absent]=[text]", "False"}, {"[absent]=\"\"", "False"},
        {"[absent]<>\"\"", "True"}, {"[empty]=\"\"", "True"},
        {"[ref]=\"cn=ada, dc=x\"", "True"}, {"[ref]=CRef(\"CN=ada,DC=x\")", "True"},
        {"[ref]=\"CN=Eve,DC=x\"", "False"}, {"[ref]=1", "False"},
        {"CDate(\"2012-01-01\")=\"1/1/2012\"", "True"},
        {"CDate(\"2012-01-01\")=[text]", "False"},
        {"CDate(\"2012-01-01\")<CDate(\"2012-01-02\")", "True"},
        {"[many]=\"B\"", "{False, True, False}"},
        {"[many]<>\"b\"", "{True, False, True}"}, {"IgnoreThisFlow=1", "IgnoreThisFlow"});
}
END_TEST

START_TEST(order)
{
    CHECK({"1<2", "True"}, {"2<=2", "True"}, {"2>2", "False"}, {"2>=3", "False"},
          {"1.5<2", "True"}, {"[big]>[small]", "True"}, {"\"a\"<\"B\"", "True"},
          {"\"10\"<\"9\"", "True"}, {"\"10\"<9", "False"}, {"[absent]<1", "False"},
          {"[absent]>1", "False"}, {"1>=NULL", "False"}, {"[bytes]<[none]", "False"},
          {"[pair]>1", "{False, True}"}, {"[text]<1", "error"},
          {"[bytes]<\"a\"", "error"}, {"[flag]<CDate(\"2012-01-01\")", "error"},
          {"[big]<9223372036854775807.0", "True"});
}
END_TEST

START_TEST(logic)
{
    CHECK({"True&&False", "False"}, {"True&&True", "True"}, {"False||True", "True"},
          {"False||False", "False"}, {"NULL||True", "True"}, {"[absent]&&True", "False"},
          {"True&&[absent]", "False"}, {"False&&1/0", "False"}, {"True||1/0", "True"},
          {"True&&1/0", "error"}, {"False||Error(\"x\")", "Error(\"x\")"},
          {"[text]||True", "error"}, {"False||[text]", "error"},
          {"[bytes]&&True", "error"}, {"1&&\"true\"", "True"},
          {"[many]=\"a\"||[many]=\"c\"", "{True, False, True}"},
          {"[many]=\"a\"&&True", "{True, False, False}"},
          {"True&&[many]=\"a\"", "{True, False, False}"},
          {"[many]=\"x\"&&1/0", "{False, False, False}"},
          {"[many]=\"a\"&&[pair]=1", "error"},
          {"[many]<>\"x\"||1/0", "{True, True, True}"}, {"[many]||True", "error"});
}
END_TEST

START_TEST(concatenation)
{
    CHECK(
        {"[text]&\"!\"", "\"abc!\""}, {"[text]&[absent]", "\"abc\""},
        {"[absent]&[absent]", "\"\""}, {"[absent]&\"x\"", "\"x\""}, {"1&2", "\"12\""},
        {"[flag]&1.5", "\"True1.5\""}, {"[ref]&\"\"", "\"CN=Ada,DC=x\""},
        {"[bytes]&[same]", "hex:01020102"}, {"[bytes]&[absent]", "hex:0102"},
        {"[bytes]&[text]", "error"}, {"[text]&Now()", "error"},
        {"[many]&\"!\"", "{\"a!\", \"b!\", \"c!\"}"},
        {"[pair]&[pair]", "{\"11\", \"22\"}"}, {"[many]&[pair]", "error"},
        {"\"a\"&\"b\"&\"c\"", "\"abc\""}, {"[text]&\"-\"&[absent]&[text]", "\"abc-abc\""},
        {"[absent]&[empty]&[absent]", "\"\""},
        {"[text]&\"-\"&[number]&[flag]", "\"abc-42True\""},
        {"[text]&[many]&\"!\"", "{\"abca!\", \"abcb!\", \"abcc!\"}"},
        {"[many]&[pair]&\"!\"", "error"}, {"[bytes]&[absent]&[same]", "hex:01020102"},
        {"[bytes]&[text]&[absent]", "error"},
        {"[text]&\"-\"&Error(\"x\")", "Error(\"x\")"},
        {"[text]&\"b\"&IgnoreThisFlow&Error(\"x\")", "IgnoreThisFlow"},
        {"[text]&1&2&3&4&5&6&7&8&9&1&2&3&4&5&6&7&8&9", "\"abc123456789123456789\""},
        {"[text]+\"!\"", "\"abc!\""}, {"[text]+1", "\"abc1\""}, {"\"4\"+2", "\"42\""},
        {"[text]+[absent]", "NULL"}, {"[absent]+1", "NULL"}, {"[bytes]+\"x\"", "error"});
}
END_TEST

START_TEST(arithmetic)
{
    CHECK({"1+2", "3"}, {"1-2", "-1"}, {"2*3", "6"}, {"6/3", "2"}, {"5/2", "2.5"},
          {"1.5+1", "2.5"}, {"1.5-0.5", "1.0"}, {"0.5*4", "2.0"}, {"-[number]", "-42"},
          {"-1.5", "-1.5"}, {"-(1.5)", "-1.5"}, {"[numeric]-2", "40"},
          {"\"1.5\"*2", "3.0"}, {"[absent]-1", "NULL"}, {"1*[absent]", "NULL"},
          {"[absent]/0", "NULL"}, {"-[absent]", "NULL"}, {"[big]+1", "error"},
          {"[small]-1", "error"}, {"[big]*2", "error"}, {"[small]/-1", "error"},
          {"[big]/-1", "-9223372036854775807"}, {"-[small]", "error"}, {"1/0", "error"},
          {"1/0.0", "error"}, {"[text]-1", "error"}, {"[bytes]*2", "error"},
          {"[flag]*2", "error"}, {"[pair]*10", "{10, 20}"}, {"[pair]/[pair]", "{1, 1}"},
          {"[pair]-[many]", "error"}, {"7+CNum(Mid([bytes],1,1))", "8"});
}
END_TEST

START_TEST(sets_go_in_pairs_and_nulls_drop_out_at_the_end)
{
    CHECK({"IIF([many]=\"b\",NULL,[many])&\"!\"", "{\"a!\", \"!\", \"c!\"}"},
          {"IIF([many]=\"b\",NULL,[many])", "{\"a\", \"c\"}"},
          {"Trim(IIF([many]=\"b\",NULL,[many]))", "{\"a\", \"c\"}"},
          {"IIF([many]=\"b\",NULL,[many])&[many]", "{\"aa\", \"b\", \"cc\"}"},
          {"Count(IIF([many]=\"b\",NULL,[many]))", "2"},
          {"Item(IIF([many]=\"a\",NULL,[many]),1)", "\"b\""},
          {"IIF([many]=\"b\",[many],NULL)", "\"b\""},
          {"IIF([many]=\"x\",[many],NULL)", "NULL"},
          {"IIF([many]=\"b\",IgnoreThisFlow,[many])", "IgnoreThisFlow"},
          {"Where($x,[many],$x=\"b\")&[many]", "{\"ba\", \"bb\", \"bc\"}"},
          {"IIF(True,[many],1)", "{\"a\", \"b\", \"c\"}"},
          {"Trim(IgnoreThisFlow)", "IgnoreThisFlow"},
          {"AuthoritativeNull&\"x\"", "AuthoritativeNull"});
}
END_TEST

START_TEST(what_costs_too_much_is_an_error)
{
    CHECK(
        {"PadLeft(\"\",100000000,\"0\")", "error"},
        {"Len(PadLeft(\"\",1000000,\"0\"))", "1000000"},
        {"With($a,PadLeft(\"\",1000000,\"0\"),With($b,$a&$a&$a&$a,With($c,$b&$b&$b&$b,"
         "With($d,$c&$c&$c&$c,$d&$d&$d&$d))))",
         "error"},
        {"With($s,Split(PadLeft(\"\",3000,\",\"),\",\"),Count(Select($a,$s,Select($b,$s,"
         "Select($c,$s,1)))))",
         "error"},
        {"InStr(PadLeft(\"\",10000000,\"a\"),PadLeft(\"b\",1000000,\"A\"),1,"
         "vbTextCompare)",
         "error"});
}
END_TEST

SUITE_WITH("expr/operators", begin, end, equality, order, logic, concatenation,
           arithmetic, sets_go_in_pairs_and_nulls_drop_out_at_the_end,
           what_costs_too_much_is_an_error)
