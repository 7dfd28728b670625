/* SPDX-License-Identifier: Apache-2.0 */

/* Every function: its example, and a table of cases. */

#include "base/clock.h"
#include "expr_case.h"
#include "suite.h"

/* What every case is evaluated on. `absent` is absent. */
static const char *const given[] = {
    "text=abc",
    "mixed=aBc Def",
    "empty=",
    "blank=  a b\t",
    "accents=\u00c5ngstr\u00f6m \U0001F600x",
    "number=42",
    "numeric=text:42",
    "negative=-2147483646",
    "big=9223372036854775807",
    "flag=true",
    "word=text:TRUE",
    "bytes=hex:01020304",
    "none=hex:",
    "many=b",
    "many=a",
    "many=c",
    "blanks= x",
    "blanks=y ",
    "counts=1",
    "counts=3",
    "binaries=hex:0A",
    "binaries=hex:0B0C",
    "mail=ada@fabrikam.example",
    "imported mail=ada@fabrikam.example",
    "proxyAddresses=SMTP:ada@fabrikam.example",
    "proxyAddresses=smtp:lima@fabrikam.example",
    "manager=ref:CN=Eve,OU=Sales,DC=fabrikam,DC=example",
    "members=ref:CN=Ada,DC=x",
    "members=ref:CN=Eve,DC=x",
    "dn=CN=Lima\\, Ada,OU=GA,OU=US,DC=contoso,DC=com",
    "objectGUID=hex:C3742C381D72344F80E557657B6CBC27",
    "objectSid=hex:010500000000000515000000A065CF7E784B9B5FE77C8770091C0100",
    "%Domain%=contoso.com",
    NULL,
};

START_TEST(every_function_does_what_its_example_says)
{
    const struct expr_function_help *all = NULL;
    size_t count = expr_functions(&all);

    ck_assert_uint_gt(count, 90);
    for (size_t i = 0; i < count; i++) {
        const char *got;

        ck_assert_ptr_nonnull(all[i].group);
        ck_assert_ptr_nonnull(strstr(all[i].signature, all[i].name));
        if (all[i].refused)
            continue;
        got = case_show(given, all[i].example);
        ck_assert_msg(strcmp(got, all[i].result) == 0, "%s gives %s and not %s",
                      all[i].example, got, all[i].result);
    }
}
END_TEST

/* --- text --------------------------------------------------------------------------- */

START_TEST(left)
{
    CHECK({"Left([text],2)", "\"ab\""}, {"Left([text],0)", "\"\""},
          {"Left([text],-1)", "\"abc\""}, {"Left([text],448)", "\"abc\""},
          {"Left([absent],4)", "\"\""}, {"Left([empty],4)", "\"\""},
          {"Left([many],1)", "{\"b\", \"a\", \"c\"}"}, {"Left([bytes],2)", "hex:0102"},
          {"Left([accents],1)", "\"\u00c5\""}, {"Left([text],[big])", "\"abc\""},
          {"Left([text],\"2\")", "\"ab\""}, {"Left([text],NULL)", "NULL"},
          {"Left([number],1)", "\"4\""}, {"Left([text],\"x\")", "error"},
          {"Left(Now(),1)", "error"}, {"Left([text],[bytes])", "error"});
}
END_TEST

START_TEST(right)
{
    CHECK({"Right([text],2)", "\"bc\""}, {"Right([text],0)", "\"\""},
          {"Right([text],-1)", "\"abc\""}, {"Right([text],9)", "\"abc\""},
          {"Right([absent],4)", "\"\""}, {"Right([bytes],1)", "hex:04"},
          {"Right([accents],2)", "\"\U0001F600x\""},
          {"Right([many],1)", "{\"b\", \"a\", \"c\"}"},
          {"Right([text],[big])", "\"abc\""}, {"Right([text],Now())", "error"});
}
END_TEST

START_TEST(mid)
{
    CHECK({"Mid([text],2,1)", "\"b\""}, {"Mid([text],2,0)", "\"\""},
          {"Mid([text],2,-1)", "\"abc\""}, {"Mid([text],0,1)", "\"abc\""},
          {"Mid([text],4,1)", "\"abc\""}, {"Mid([text],3,99)", "\"c\""},
          {"Mid([text],2)", "\"bc\""}, {"Mid([absent],1,1)", "\"\""},
          {"Mid(\"John Doe\",6,999)", "\"Doe\""}, {"Mid([bytes],2,2)", "hex:0203"},
          {"Mid([bytes],9,1)", "hex:01020304"}, {"Mid([accents],10,1)", "\"\U0001F600\""},
          {"Mid([many],1,1)", "{\"b\", \"a\", \"c\"}"},
          {"Mid([text],[big],1)", "\"abc\""}, {"Mid([text],NULL,1)", "NULL"},
          {"Mid([text],\"x\",1)", "error"});
}
END_TEST

START_TEST(len)
{
    CHECK({"Len([text])", "3"}, {"Len([empty])", "0"}, {"Len([absent])", "0"},
          {"Len([bytes])", "4"}, {"Len([none])", "0"}, {"Len([accents])", "11"},
          {"Len([many])", "{1, 1, 1}"}, {"Len([big])", "19"}, {"Len(Now())", "error"});
}
END_TEST

START_TEST(trim)
{
    CHECK({"Trim([blank])", "\"a b\""}, {"Trim([absent])", "NULL"},
          {"Trim([empty])", "\"\""}, {"Trim(\" \")", "\"\""},
          {"Trim([blanks])", "{\"x\", \"y\"}"}, {"Trim([number])", "\"42\""},
          {"Trim([bytes])", "error"}, {"Trim([binaries])", "error"},
          {"Trim(\"\u00a0\u3000x\xc2\x85\")", "\"x\""},
          {"Trim([manager])", "\"CN=Eve,OU=Sales,DC=fabrikam,DC=example\""});
    CHECK({"LTrim([blank])", "\"a b\\t\""}, {"LTrim([absent])", "NULL"},
          {"LTrim([empty])", "\"\""}, {"LTrim([blanks])", "{\"x\", \"y \"}"},
          {"LTrim([bytes])", "error"});
    CHECK({"RTrim([blank])", "\"  a b\""}, {"RTrim([absent])", "NULL"},
          {"RTrim([empty])", "\"\""}, {"RTrim([blanks])", "{\" x\", \"y\"}"},
          {"RTrim([bytes])", "error"});
}
END_TEST

START_TEST(case_of_letters)
{
    CHECK({"LCase([mixed])", "\"abc def\""}, {"LCase([absent])", "NULL"},
          {"LCase([empty])", "\"\""}, {"LCase(\"\u00c5\u0130\")", "\"\u00e5i\""},
          {"LCase([many])", "{\"b\", \"a\", \"c\"}"}, {"LCase([bytes])", "error"});
    CHECK({"UCase([mixed])", "\"ABC DEF\""}, {"UCase([absent])", "NULL"},
          {"UCase(\"stra\u00dfe\")", "\"STRA\u00dfE\""},
          {"UCase([many])", "{\"B\", \"A\", \"C\"}"}, {"UCase([bytes])", "error"});
    CHECK({"PCase(\"TEsT\")", "\"Test\""}, {"PCase(\" TEsT\")", "\" Test\""},
          {"PCase(\"$TEsT\")", "\"$test\""}, {"PCase(\"a  b\")", "\"A  B\""},
          {"PCase([absent])", "NULL"}, {"PCase([empty])", "\"\""},
          {"PCase(\"\u00e5NG \u00f6\")", "\"\u00c5ng \u00d6\""},
          {"PCase([many])", "{\"B\", \"A\", \"C\"}"}, {"PCase([bytes])", "error"});
}
END_TEST

START_TEST(instr)
{
    CHECK({"InStr([text],\"c\")", "3"}, {"InStr([text],\"x\")", "0"},
          {"InStr([text],\"C\")", "0"}, {"InStr([text],\"C\",1,vbTextCompare)", "3"},
          {"InStr(\"repEated\",\"e\",3,vbBinaryCompare)", "7"},
          {"InStr(\"repEated\",\"e\",3,vbTextCompare)", "4"},
          {"InStr([absent],\"x\")", "0"}, {"InStr([text],NULL)", "0"},
          {"InStr([text],\"\")", "1"}, {"InStr([empty],\"\")", "0"},
          {"InStr([text],\"\",3)", "3"}, {"InStr([text],\"a\",4)", "0"},
          {"InStr([text],\"c\",3)", "3"}, {"InStr([accents],\"x\")", "11"},
          {"InStr([accents],\"\u00d6\",1,vbTextCompare)", "7"},
          {"InStr([proxyAddresses],\"SMTP:\")", "{1, 0}"},
          {"InStr([text],\"a\",0)", "error"}, {"InStr([text],\"a\",1,\"x\")", "error"},
          {"InStr([bytes],\"a\")", "error"});
    CHECK({"InStrRev([text],\"a\")", "1"}, {"InStrRev([text],\"x\")", "0"},
          {"InStrRev(\"abab\",\"b\",3)", "2"}, {"InStrRev(\"abab\",\"ab\",3)", "1"},
          {"InStrRev(\"abab\",\"B\",4,vbTextCompare)", "4"},
          {"InStrRev([absent],\"x\")", "0"}, {"InStrRev([text],NULL)", "0"},
          {"InStrRev([text],\"\")", "3"}, {"InStrRev([empty],\"a\")", "0"},
          {"InStrRev([accents],\"m\")", "8"},
          {"InStrRev([proxyAddresses],\"a\")", "{21, 22}"},
          {"InStrRev([text],\"a\",0)", "error"}, {"InStrRev([bytes],\"a\")", "error"});
}
END_TEST

START_TEST(padding)
{
    CHECK({"PadLeft([text],5,\"0\")", "\"00abc\""},
          {"PadLeft([text],2,\"0\")", "\"abc\""}, {"PadLeft([text],3,\"0\")", "\"abc\""},
          {"PadLeft([absent],3,\"0\")", "\"\""}, {"PadLeft([empty],2,\"x\")", "\"xx\""},
          {"PadLeft(\"\u00e5\",3,\"\u00f6\")", "\"\u00f6\u00f6\u00e5\""},
          {"PadLeft([number],4,\"0\")", "\"0042\""},
          {"PadLeft([many],2,\".\")", "{\".b\", \".a\", \".c\"}"},
          {"PadLeft([text],-1,\"0\")", "\"abc\""},
          {"PadLeft([text],-9223372036854775808,\"0\")", "\"abc\""},
          {"PadLeft([text],5,\"\")", "error"}, {"PadLeft([text],5,\"00\")", "error"},
          {"PadLeft([text],5,NULL)", "error"}, {"PadLeft([text],[big],\"0\")", "error"},
          {"PadLeft([bytes],9,\"0\")", "error"});
    CHECK({"PadRight([text],5,\"0\")", "\"abc00\""},
          {"PadRight([absent],3,\"0\")", "\"\""}, {"PadRight([text],3,\" \")", "\"abc\""},
          {"PadRight([many],2,\".\")", "{\"b.\", \"a.\", \"c.\"}"},
          {"PadRight([text],NULL,\"0\")", "NULL"}, {"PadRight([text],5,\"ab\")", "error"},
          {"PadRight([bytes],9,\"0\")", "error"});
}
END_TEST

START_TEST(replacing)
{
    CHECK({"Replace([text],\"b\",\"xx\")", "\"axxc\""},
          {"Replace([text],\"B\",\"x\")", "\"abc\""},
          {"Replace(\"a\\tb\",\"\\t\",\"\")", "\"ab\""},
          {"Replace(\"aaa\",\"aa\",\"b\")", "\"ba\""},
          {"Replace([absent],\"a\",\"b\")", "NULL"},
          {"Replace([empty],\"a\",\"b\")", "\"\""},
          {"Replace([many],\"a\",\"z\")", "{\"b\", \"z\", \"c\"}"},
          {"Replace([number],\"4\",\"9\")", "\"92\""},
          {"Replace([text],\"\",\"x\")", "error"},
          {"Replace([bytes],\"a\",\"b\")", "error"});
    CHECK({"ReplaceChars(\"O\u2019Neil\",\"\u2019:\")", "\"ONeil\""},
          {"ReplaceChars(\"Stra\u00dfe\",\"\u00df : ss , e:\")", "\"Strass\""},
          {"ReplaceChars(\"aA\",\"a:b\")", "\"bA\""},
          {"ReplaceChars([absent],\"a:b\")", "NULL"},
          {"ReplaceChars([text],\"\")", "\"abc\""},
          {"ReplaceChars([many],\"a:z\")", "{\"b\", \"z\", \"c\"}"},
          {"ReplaceChars([text],\"ab:c\")", "error"},
          {"ReplaceChars([text],\"a,o\")", "error"},
          {"ReplaceChars([text],\":b\")", "error"},
          {"ReplaceChars([bytes],\"a:b\")", "error"});
}
END_TEST

START_TEST(words)
{
    CHECK({"Word(\"The quick brown fox\",3,\" \")", "\"brown\""},
          {"Word(\"User_1-2\",1,\"_\")", "\"User\""}, {"Word([text],1,\"_\")", "\"abc\""},
          {"Word([text],2,\"_\")", "\"\""}, {"Word([text],0,\"_\")", "\"\""},
          {"Word([text],-1,\"_\")", "\"\""}, {"Word([absent],1,\"_\")", "\"\""},
          {"Word(\"a  b\",2,\" \")", "\"b\""}, {"Word(\" a b\",1,\" \")", "\"a\""},
          {"Word(\"a\u00f6b\",2,\"\u00f6\")", "\"b\""},
          {"Word([proxyAddresses],1,\":\")", "{\"SMTP\", \"smtp\"}"},
          {"Word([text],NULL,\"_\")", "NULL"}, {"Word([bytes],1,\"_\")", "error"},
          {"Word([text],\"x\",\"_\")", "error"});
}
END_TEST

START_TEST(guid_is_new_each_time)
{
    CHECK({"IsGuid(GUID())", "True"}, {"Guid() = GUID()", "False"},
          {"GUID() = LCase(GUID())", "False"});
}
END_TEST

/* --- conversion --------------------------------------------------------------------- */

START_TEST(to_boolean)
{
    CHECK({"CBool(0)", "False"}, {"CBool(-1)", "True"}, {"CBool(NULL)", "False"},
          {"CBool([absent])", "False"}, {"CBool([word])", "True"},
          {"CBool(\"false\")", "False"}, {"CBool([flag])", "True"},
          {"CBool([counts])", "{True, True}"}, {"CBool(\"12\")", "True"},
          {"CBool(0.0)", "False"}, {"CBool(0.5)", "True"}, {"CBool([big])", "True"},
          {"CBool([text])", "error"}, {"CBool([bytes])", "error"},
          {"CBool(\"\")", "error"});
}
END_TEST

START_TEST(to_number)
{
    CHECK({"CNum(\"12\")", "12"}, {"CNum(\" -7 \")", "-7"},
          {"CNum(\"9223372036854775807\")", "9223372036854775807"},
          {"CNum(\"1.5\")", "1.5"}, {"CNum([number])", "42"}, {"CNum([absent])", "NULL"},
          {"CNum([bytes])", "67305985"}, {"CNum(Mid([bytes],1,1))", "1"},
          {"CNum(Mid([bytes],1,2))", "513"}, {"CNum([binaries])", "{10, 3083}"},
          {"CNum([flag])", "1"}, {"CNum([none])", "error"}, {"CNum([text])", "error"},
          {"CNum([empty])", "error"}, {"CNum(\"9223372036854775808\")", "error"},
          {"CNum([objectGUID])", "error"});
    CHECK({"CBin(258,2)", "hex:0201"}, {"CBin(0,1)", "hex:00"}, {"CBin(255,1)", "hex:FF"},
          {"CBin(-1,2)", "hex:FFFF"}, {"CBin(-128,1)", "hex:80"},
          {"CBin([big],8)", "hex:FFFFFFFFFFFFFF7F"}, {"CBin([absent],2)", "NULL"},
          {"CBin([counts],1)", "{hex:01, hex:03}"}, {"CBin(\"5\",1)", "hex:05"},
          {"CBin(256,1)", "error"}, {"CBin(-129,1)", "error"}, {"CBin(1,0)", "error"},
          {"CBin(1,9)", "error"}, {"CBin([bytes],1)", "error"});
}
END_TEST

START_TEST(to_text)
{
    CHECK({"CStr(12)", "\"12\""}, {"CStr([negative])", "\"-2147483646\""},
          {"CStr([big])", "\"9223372036854775807\""}, {"CStr(True)", "\"True\""},
          {"CStr([text])", "\"abc\""}, {"CStr([absent])", "NULL"},
          {"CStr(1.5)", "\"1.5\""},
          {"CStr([manager])", "\"CN=Eve,OU=Sales,DC=fabrikam,DC=example\""},
          {"CStr([counts])", "{\"1\", \"3\"}"}, {"CStr([bytes])", "error"},
          {"CStr(Now())", "error"});
    CHECK({"CRef(\"CN=a\")", "CRef(\"CN=a\")"}, {"CRef([absent])", "NULL"},
          {"CRef([many])", "{CRef(\"b\"), CRef(\"a\"), CRef(\"c\")}"},
          {"CRef([manager]) = [manager]", "True"}, {"CRef(12)", "error"},
          {"CRef([bytes])", "error"});
}
END_TEST

START_TEST(guids_and_sids)
{
    CHECK({"StringFromGuid([objectGUID])", "\"382c74c3-721d-4f34-80e5-57657b6cbc27\""},
          {"CGuid(StringFromGuid([objectGUID])) = [objectGUID]", "True"},
          {"StringFromGuid([absent])", "NULL"}, {"StringFromGuid([bytes])", "error"},
          {"StringFromGuid([text])", "error"}, {"StringFromGuid([binaries])", "error"});
    CHECK({"CGuid(\"{382C74C3-721D-4F34-80E5-57657B6CBC27}\")",
           "hex:C3742C381D72344F80E557657B6CBC27"},
          {"CGuid([absent])", "NULL"}, {"CGuid([text])", "error"},
          {"CGuid([empty])", "error"}, {"CGuid([bytes])", "error"});
    CHECK({"StringFromSid([objectSid])",
           "\"S-1-5-21-2127521184-1604012920-1887927527-72713\""},
          {"StringFromSid([absent])", "NULL"}, {"StringFromSid([bytes])", "error"},
          {"StringFromSid([none])", "error"}, {"StringFromSid([text])", "error"},
          {"StringFromSid(Left([objectSid],27))", "error"});
}
END_TEST

START_TEST(thumbprints)
{
    CHECK({"Thumbprint([bytes])",
           "hex:9F64A747E1B97F131FABB6B447296C9B6F0201E79FB3C5356E6C77E89B6A806A"},
          {"Thumbprint([none])",
           "hex:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"},
          {"Thumbprint([absent])", "NULL"}, {"Len(Thumbprint([binaries]))", "{32, 32}"},
          {"Thumbprint([text])", "error"});
}
END_TEST

START_TEST(encodings)
{
    CHECK({"ConvertToBase64([bytes])", "\"AQIDBA==\""},
          {"ConvertToBase64(\"\U0001F600\")", "\"PdgA3g==\""},
          {"ConvertToBase64([absent])", "NULL"}, {"ConvertToBase64([empty])", "\"\""},
          {"ConvertToBase64([binaries])", "{\"Cg==\", \"Cww=\"}"},
          {"ConvertToBase64([number])", "\"NAAyAA==\""},
          {"ConvertToBase64(Now())", "error"});
    CHECK({"ConvertFromBase64(\"SABlAGwAbABvACAAdwBvAHIAbABkACEA\")", "\"Hello world!\""},
          {"ConvertFromBase64(\"w7Y=\",UTF8)", "\"\u00f6\""},
          {"ConvertFromBase64(\"/0E=\",UTF8)", "\"\ufffdA\""},
          {"ConvertFromBase64(\"w7Y=\",ASCII)", "\"??\""},
          {"ConvertFromBase64(\"Pdg=\")", "\"\ufffd\""},
          {"ConvertFromBase64(\"Pdg=\",Unicode)", "\"\ufffd\""},
          {"ConvertFromBase64(ConvertToBase64(\"\U0001F600\"))", "\"\U0001F600\""},
          {"ConvertFromBase64([absent])", "NULL"}, {"ConvertFromBase64([empty])", "\"\""},
          {"ConvertFromBase64(\"*\")", "error"},
          {"ConvertFromBase64(\"QQ==\",\"x\")", "error"},
          {"ConvertFromBase64([bytes])", "error"});
    CHECK({"ConvertToUTF8Hex(\"Ab\")", "\"4162\""},
          {"ConvertToUTF8Hex(\"\u00f6\")", "\"C3B6\""},
          {"ConvertToUTF8Hex([absent])", "NULL"}, {"ConvertToUTF8Hex([empty])", "\"\""},
          {"ConvertToUTF8Hex([bytes])", "\"01020304\""},
          {"ConvertToUTF8Hex([many])", "{\"62\", \"61\", \"63\"}"},
          {"ConvertToUTF8Hex(Now())", "error"});
    CHECK({"ConvertFromUTF8Hex(\"c3B6\")", "\"\u00f6\""},
          {"ConvertFromUTF8Hex(\"FF\")", "\"\ufffd\""},
          {"ConvertFromUTF8Hex([absent])", "NULL"},
          {"ConvertFromUTF8Hex([empty])", "\"\""}, {"ConvertFromUTF8Hex(\"4\")", "error"},
          {"ConvertFromUTF8Hex(\"xy\")", "error"},
          {"ConvertFromUTF8Hex([bytes])", "error"});
}
END_TEST

/* --- dates -------------------------------------------------------------------------- */

START_TEST(reading_dates)
{
    CHECK({"CDate(\"2013-01-10 4:00 PM -8\")", "2013-01-11 00:00:00"},
          {"CDate(\"12/25/2007\")", "2007-12-25 00:00:00"},
          {"CDate(\"2012-01-01 23:00:00\")", "2012-01-01 23:00:00"},
          {"CDate(\"2012-01-01T23:00:00Z\")", "2012-01-01 23:00:00"},
          {"CDate(\"2012-01-01T23:00:00.125+02:00\")", "2012-01-01 21:00:00.125"},
          {"CDate(\"10 Jan 2013\")", "2013-01-10 00:00:00"},
          {"CDate(\"Thursday, January 10, 2013 12:05 AM\")", "2013-01-10 00:05:00"},
          {"CDate(\"1/2/30 12 PM\")", "1930-01-02 12:00:00"},
          {"CDate(\"1/2/29\")", "2029-01-02 00:00:00"},
          {"CDate(\"0001-01-01\")", "0001-01-01 00:00:00"},
          {"CDate(\"9999-12-31 23:59:59\")", "9999-12-31 23:59:59"},
          {"CDate(\"2012-02-29\")", "2012-02-29 00:00:00"}, {"CDate([absent])", "NULL"},
          {"CDate(\"2013-02-29\")", "error"}, {"CDate(\"25/12/2007\")", "error"},
          {"CDate(\"4:00 PM\")", "error"}, {"CDate(\"2013-01-10 13:00 PM\")", "error"},
          {"CDate(\"9999-12-31 23:00 -8\")", "error"}, {"CDate([empty])", "error"},
          {"CDate([text])", "error"}, {"CDate([bytes])", "error"});
    CHECK({"IsDate(\"12/25/2007\")", "True"}, {"IsDate([text])", "False"},
          {"IsDate([absent])", "False"}, {"IsDate(Now())", "True"},
          {"IsDate([bytes])", "False"}, {"IsDate([many])", "{False, False, False}"});
}
END_TEST

START_TEST(dates_and_numbers)
{
    CHECK({"DateFromNum(129699324000000000)", "2012-01-01 23:00:00"},
          {"DateFromNum(0)", "1601-01-01 00:00:00"}, {"DateFromNum([absent])", "NULL"},
          {"DateFromNum(\"129699324000000000\")", "2012-01-01 23:00:00"},
          {"DateFromNum(-1)", "error"}, {"DateFromNum([big])", "error"},
          {"DateFromNum([text])", "error"}, {"DateFromNum([bytes])", "error"},
          {"DateFromNum([counts])", "{1601-01-01 00:00:00.0000001, 1601-01-01 "
                                    "00:00:00.0000003}"});
    CHECK({"NumFromDate(CDate(\"2012-01-01 23:00:00\"))", "129699324000000000"},
          {"NumFromDate([absent])", "NULL"},
          {"NumFromDate(CDate(\"1600-12-31\"))", "error"},
          {"NumFromDate([text])", "error"});
}
END_TEST

START_TEST(moving_dates)
{
    CHECK({"DateAdd(\"yyyy\",1,CDate(\"2012-02-29\"))", "2013-02-28 00:00:00"},
          {"DateAdd(\"q\",1,CDate(\"2012-11-30\"))", "2013-02-28 00:00:00"},
          {"DateAdd(\"m\",-1,CDate(\"2012-03-31\"))", "2012-02-29 00:00:00"},
          {"DateAdd(\"y\",1,CDate(\"2012-12-31\"))", "2013-01-01 00:00:00"},
          {"DateAdd(\"d\",-1,CDate(\"1601-01-01\"))", "1600-12-31 00:00:00"},
          {"DateAdd(\"w\",1,CDate(\"2012-12-31\"))", "2013-01-01 00:00:00"},
          {"DateAdd(\"WW\",1,CDate(\"2012-12-31\"))", "2013-01-07 00:00:00"},
          {"DateAdd(\"h\",25,CDate(\"2012-12-31\"))", "2013-01-01 01:00:00"},
          {"DateAdd(\"n\",-1,CDate(\"2012-12-31\"))", "2012-12-30 23:59:00"},
          {"DateAdd(\"s\",61,CDate(\"2012-12-31\"))", "2012-12-31 00:01:01"},
          {"DateAdd(\"d\",[absent],CDate(\"2012-12-31\"))", "NULL"},
          {"DateAdd(\"d\",[counts],CDate(\"2012-12-30\"))",
           "{2012-12-31 00:00:00, 2013-01-02 00:00:00}"},
          {"DateAdd(\"d\",[big],CDate(\"2012-12-31\"))", "error"},
          {"DateAdd(\"m\",[big],CDate(\"2012-12-31\"))", "error"},
          {"DateAdd(\"yyyy\",-2012,CDate(\"2012-12-31\"))", "error"},
          {"DateAdd(\"x\",1,CDate(\"2012-12-31\"))", "error"},
          {"DateAdd(\"d\",1,[text])", "error"});
}
END_TEST

#define MOMENT "CDate(\"2009-06-05 13:04:07.0450000\")"
#define FORMATS(format, result)                                                          \
    {                                                                                    \
        "FormatDateTime(" MOMENT ",\"" format "\")", "\"" result "\""                    \
    }

START_TEST(writing_dates)
{
    CHECK(FORMATS("yyyyMMddHHmmss.0Z", "20090605130407.0Z"),
          FORMATS("d/M/y h:m:s t", "5/6/9 1:4:7 P"),
          FORMATS("dd MM yy hh mm ss tt", "05 06 09 01 04 07 PM"),
          FORMATS("ddd dddd MMM MMMM", "Fri Friday Jun June"),
          FORMATS("yyy yyyyy", "2009 02009"), FORMATS("%d", "5"), FORMATS("%h", "1"),
          FORMATS("f ff fff fffffff", "0 04 045 0450000"),
          FORMATS("ss.FFF ss.F", "07.045 07"), FORMATS("z zz zzz K", "+0 +00 +00:00 Z"),
          FORMATS("'day' d 'of' M", "day 5 of 6"), FORMATS("\\\\d d", "d 5"),
          FORMATS("gg", "A.D."), FORMATS("d", "06/05/2009"),
          FORMATS("o", "2009-06-05T13:04:07.0450000Z"),
          FORMATS("s", "2009-06-05T13:04:07"), FORMATS("u", "2009-06-05 13:04:07Z"),
          FORMATS("R", "Fri, 05 Jun 2009 13:04:07 GMT"),
          FORMATS("", "06/05/2009 13:04:07"));
    CHECK(
        {"FormatDateTime(DateFromNum(0),\"yyyyMMddHHmmss.0Z\")", "\"16010101000000.0Z\""},
        {"FormatDateTime([absent],\"yyyy\")", "NULL"},
        {"FormatDateTime([text],\"yyyy\")", "error"},
        {"FormatDateTime(Now(),\"x\")", "error"},
        {"FormatDateTime(Now(),\"yy'\")", "error"},
        {"FormatDateTime(Now(),\"yy%\")", "error"},
        {"FormatDateTime(Now(),\"ffffffff\")", "error"});
}
END_TEST

START_TEST(now_is_the_clock)
{
    clock_freeze(1257894000123);
    CHECK({"Now()", "2009-11-10 23:00:00.123"});
    clock_freeze(0);
    CHECK({"Now() > CDate(\"2020-01-01\")", "True"});
}
END_TEST

/* --- directory ---------------------------------------------------------------------- */

START_TEST(components_of_a_dn)
{
    CHECK({"DNComponent(CRef([dn]),1)", "\"Lima\\\\, Ada\""},
          {"DNComponent(CRef([dn]),2)", "\"GA\""}, {"DNComponent([dn],5)", "\"com\""},
          {"DNComponent([manager],1)", "\"Eve\""}, {"DNComponent([dn],6)", "NULL"},
          {"DNComponent([dn],0)", "NULL"}, {"DNComponent([dn],-1)", "NULL"},
          {"DNComponent([absent],1)", "NULL"}, {"DNComponent(CRef([text]),2)", "NULL"},
          {"DNComponent([members],1)", "{\"Ada\", \"Eve\"}"},
          {"DNComponent([bytes],1)", "error"}, {"DNComponent([dn],\"x\")", "error"});
    CHECK({"DNComponentRev(CRef([dn]),1)", "\"com\""},
          {"DNComponentRev(CRef([dn]),3)", "\"US\""},
          {"DNComponentRev(CRef([dn]),1,\"DC\")", "\"US\""},
          {"DNComponentRev(CRef([dn]),2,DC)", "\"GA\""},
          {"DNComponentRev(CRef([dn]),4,DC)", "NULL"},
          {"DNComponentRev(CRef([dn]),6)", "NULL"},
          {"DNComponentRev([absent],1)", "NULL"},
          {"DNComponentRev(CRef([dn]),0)", "NULL"},
          {"DNComponentRev(CRef([dn]),1,\"OU\")", "error"},
          {"DNComponentRev([bytes],1)", "error"});
    CHECK({"EscapeDNComponent(\"cn=Lima, Ada\")", "\"cn=Lima\\\\, Ada\""},
          {"EscapeDNComponent(\"a+b\")", "\"a\\\\+b\""},
          {"EscapeDNComponent([absent])", "NULL"}, {"EscapeDNComponent([empty])", "\"\""},
          {"EscapeDNComponent([many])", "{\"b\", \"a\", \"c\"}"},
          {"EscapeDNComponent([bytes])", "error"});
}
END_TEST

/* --- evaluation --------------------------------------------------------------------- */

START_TEST(what_is_there)
{
    CHECK({"IsNull([absent])", "True"}, {"IsNull([empty])", "False"},
          {"IsNull([many])", "False"}, {"IsNull(NULL)", "True"},
          {"IsEmpty([absent])", "False"}, {"IsEmpty([empty])", "True"},
          {"IsEmpty([none])", "True"}, {"IsEmpty([many])", "False"},
          {"IsEmpty(0)", "False"}, {"IsNullOrEmpty([absent])", "True"},
          {"IsNullOrEmpty([empty])", "True"}, {"IsNullOrEmpty([none])", "True"},
          {"IsNullOrEmpty([many])", "False"}, {"IsNullOrEmpty([bytes])", "False"},
          {"IsNullOrEmpty(0)", "False"}, {"IsNullOrEmpty(\" \")", "False"},
          {"IsNullOrEmpty(Where($x,[many],False))", "True"},
          {"IsPresent([absent])", "False"}, {"IsPresent([empty])", "False"},
          {"IsPresent([many])", "True"}, {"IsPresent([bytes])", "True"},
          {"IsPresent(False)", "True"}, {"IsPresent([text] * 2)", "error"});
}
END_TEST

START_TEST(what_it_is)
{
    CHECK({"IsString([text])", "True"}, {"IsString([empty])", "True"},
          {"IsString([objectGUID])", "False"}, {"IsString([absent])", "False"},
          {"IsString([number])", "True"}, {"IsString([flag])", "True"},
          {"IsString([manager])", "True"}, {"IsString(Now())", "False"},
          {"IsString([many])", "{True, True, True}"});
    CHECK({"IsNumeric([text])", "False"}, {"IsNumeric([numeric])", "True"},
          {"IsNumeric([number])", "True"}, {"IsNumeric(\"1.5\")", "True"},
          {"IsNumeric([absent])", "False"}, {"IsNumeric([empty])", "False"},
          {"IsNumeric([bytes])", "False"},
          {"IsNumeric(\"9223372036854775808\")", "False"},
          {"IsNumeric([counts])", "{True, True}"});
    CHECK({"IsGuid(\"382c74c3-721d-4f34-80e5-57657b6cbc27\")", "True"},
          {"IsGuid(\"382c74c3721d4f3480e557657b6cbc27\")", "False"},
          {"IsGuid([absent])", "False"}, {"IsGuid([objectGUID])", "False"},
          {"IsGuid([many])", "{False, False, False}"});
    CHECK({"IsBitSet(&HF,4)", "True"}, {"IsBitSet(8,4)", "False"},
          {"IsBitSet([absent],4)", "False"}, {"IsBitSet([number],NULL)", "False"},
          {"IsBitSet([negative],-2147483648)", "True"},
          {"IsBitSet([counts],2)", "{False, True}"}, {"IsBitSet([text],1)", "error"});
}
END_TEST

/* --- math --------------------------------------------------------------------------- */

START_TEST(bits)
{
    CHECK({"BitAnd([negative],-2147483648)", "-2147483648"},
          {"BitAnd([absent],2)", "NULL"}, {"BitAnd(2,[absent])", "NULL"},
          {"BitAnd([numeric],2)", "2"}, {"BitAnd([big],&H21C07000)", "566259712"},
          {"BitAnd([counts],2)", "{0, 2}"}, {"BitAnd([text],1)", "error"},
          {"BitAnd([bytes],1)", "error"}, {"BitAnd(1.5,1)", "error"},
          {"BitAnd(2.0,3)", "2"});
    CHECK({"BitOr(5,2)", "7"}, {"BitOr([absent],2)", "NULL"},
          {"BitOr([big],-9223372036854775808)", "-1"}, {"BitOr([counts],4)", "{5, 7}"},
          {"BitOr([text],1)", "error"}, {"BitOr([bytes],1)", "error"});
    CHECK({"RandomNum(3,3)", "3"}, {"RandomNum([absent],3)", "NULL"},
          {"RandomNum(-9223372036854775808,[big]) <= [big]", "True"},
          {"RandomNum(100,999) >= 100", "True"}, {"RandomNum(2,1)", "error"},
          {"RandomNum([text],1)", "error"});
}
END_TEST

/* --- sets --------------------------------------------------------------------------- */

START_TEST(searching_a_set)
{
    CHECK(
        {"Contains([proxyAddresses],\"SMTP:\")", "1"},
        {"Contains([proxyAddresses],\"smtp:\")", "2"},
        {"Contains([proxyAddresses],\"smtp:\",CaseInsensitive)", "1"},
        {"Contains([proxyAddresses],\"smtp:\",CaseSensitive)", "2"},
        {"Contains([proxyAddresses],\"x500:\")", "0"}, {"Contains([absent],\"a\")", "0"},
        {"Contains([text],\"b\")", "1"}, {"Contains([many],NULL)", "0"},
        {"Contains([many],\"\")", "1"}, {"Contains([members],\"cn=eve, dc=x\")", "2"},
        {"Contains([members],\"Eve\")", "0"}, {"Contains([counts],\"3\")", "2"},
        {"Contains([binaries],\"a\")", "error"},
        {"Contains([many],\"a\",\"x\")", "error"}, {"Contains([many],[many])", "error"});
}
END_TEST

START_TEST(counting_and_picking)
{
    CHECK({"Count([many])", "3"}, {"Count([absent])", "0"}, {"Count([text])", "1"},
          {"Count([empty])", "1"}, {"Count([binaries])", "2"},
          {"Count(IIF([many]=\"a\",NULL,[many]))", "2"});
    CHECK({"Item([many],1)", "\"b\""}, {"Item([many],3)", "\"c\""},
          {"Item([text],1)", "\"abc\""}, {"Item([binaries],2)", "hex:0B0C"},
          {"Item([many],4)", "error"}, {"Item([many],0)", "error"},
          {"Item([many],-1)", "error"}, {"Item([absent],1)", "error"},
          {"Item([many],NULL)", "error"}, {"Item([many],\"x\")", "error"},
          {"Item([many],[big])", "error"}, {"Item([many],[counts])", "error"});
    CHECK({"ItemOrNull([many],2)", "\"a\""}, {"ItemOrNull([many],4)", "NULL"},
          {"ItemOrNull([many],0)", "NULL"}, {"ItemOrNull([absent],1)", "NULL"},
          {"ItemOrNull([many],NULL)", "NULL"}, {"ItemOrNull([bytes],1)", "hex:01020304"},
          {"ItemOrNull([many],\"x\")", "error"});
}
END_TEST

START_TEST(joining_and_splitting)
{
    CHECK({"Join([many])", "\"b a c\""}, {"Join([many],\"\")", "\"bac\""},
          {"Join([many],NULL)", "\"bac\""}, {"Join([many],\", \")", "\"b, a, c\""},
          {"Join([text],\",\")", "\"abc\""}, {"Join([absent],\",\")", "NULL"},
          {"Join([counts],\"-\")", "\"1-3\""}, {"Join([binaries],\",\")", "error"});
    CHECK({"Split(\"a,b\",\",\")", "{\"a\", \"b\"}"}, {"Split([text],\",\")", "\"abc\""},
          {"Split(\"a,,b\",\",\")", "{\"a\", \"\", \"b\"}"},
          {"Split(\",a,\",\",\")", "{\"\", \"a\", \"\"}"},
          {"Split(\"a,b,c\",\",\",2)", "{\"a\", \"b,c\"}"},
          {"Split(\"a,b\",\",\",-1)", "{\"a\", \"b\"}"},
          {"Split(\"a,b\",\",\",0)", "NULL"}, {"Split(\"a,b\",\",\",1)", "\"a,b\""},
          {"Split([absent],\",\")", "NULL"}, {"Split([empty],\",\")", "\"\""},
          {"Split(\"a\u00f6b\",\"\u00f6\")", "{\"a\", \"b\"}"},
          {"Split(\"a,b\",\", \")", "error"}, {"Split(\"a,b\",\"\")", "error"},
          {"Split([bytes],\",\")", "error"}, {"Split([many],\",\")", "error"});
    CHECK({"RemoveDuplicates(Split(\"a,b,a,A\",\",\"))", "{\"a\", \"b\", \"A\"}"},
          {"RemoveDuplicates([many])", "{\"b\", \"a\", \"c\"}"},
          {"RemoveDuplicates([absent])", "NULL"}, {"RemoveDuplicates([text])", "\"abc\""},
          {"RemoveDuplicates([binaries])", "{hex:0A, hex:0B0C}"},
          {"RemoveDuplicates(BitAnd([counts],1))", "1"});
}
END_TEST

/* --- program flow ------------------------------------------------------------------- */

START_TEST(iif)
{
    CHECK({"IIF(True,[text],[absent])", "\"abc\""}, {"IIF(NULL,1,2)", "2"},
          {"IIF([absent],1,2)", "2"}, {"IIF(1,1,2)", "1"}, {"IIF(\"true\",1,2)", "1"},
          {"IIF([text],1,2)", "error"}, {"IIF(True,[text],Error(\"x\"))", "\"abc\""},
          {"IIF(False,[text],Error(\"x\"))", "Error(\"x\")"}, {"IIF(False,1/0,2)", "2"},
          {"IIF(1/0=1,1,2)", "error"},
          {"IIF(InStr([proxyAddresses],\"SMTP:\")=1,NULL,[proxyAddresses])",
           "\"smtp:lima@fabrikam.example\""},
          {"IIF([many]=\"a\",\"first\",[many])", "{\"b\", \"first\", \"c\"}"},
          {"IIF([many]=\"a\",[counts],[many])", "error"},
          {"IIF([many]=\"x\",Error(\"no\"),[many])", "{\"b\", \"a\", \"c\"}"},
          {"IIF([many]=\"a\",Error(\"no\"),[many])", "Error(\"no\")"},
          {"IIF([bytes]=[bytes],[binaries],1)", "{hex:0A, hex:0B0C}"},
          {"IIF(IsPresent([text]),IgnoreThisFlow,1)", "IgnoreThisFlow"},
          {"IIF(IsNullOrEmpty([mail]),[text],[mail])", "\"ada@fabrikam.example\""},
          {"IIF(IsNullOrEmpty([empty]),[text],[empty])", "\"abc\""},
          {"IIF(IsPresent([many]),[many],[text])", "{\"b\", \"a\", \"c\"}"},
          {"IIF(IsNull([empty]),[text],[empty])", "\"\""});
}
END_TEST

START_TEST(switch_evaluates_all_conditions)
{
    CHECK({"Switch(False,1,True,2,True,3)", "2"}, {"Switch(False,1)", "NULL"},
          {"Switch(True,NULL)", "NULL"}, {"Switch([absent],1,True,2)", "2"},
          {"Switch([text]=\"x\",1,True,Error(\"none\"))", "Error(\"none\")"},
          {"Switch([text]=\"abc\",1,True,Error(\"none\"))", "1"},
          {"Switch(True,1,1/0=1,2)", "error"}, {"Switch(True,1,Error(\"x\"),2)", "1"},
          {"Switch(True,[many])", "{\"b\", \"a\", \"c\"}"},
          {"Switch(True,1,False)", "error"}, {"Switch([text],1)", "error"});
}
END_TEST

START_TEST(select_where_with)
{
    CHECK({"Select($i,[many],$i & \"!\")", "{\"b!\", \"a!\", \"c!\"}"},
          {"Select($i,[absent],$i & \"!\")", "NULL"},
          {"Select($i,[text],UCase($i))", "\"ABC\""},
          {"Select($i,[many],IIF($i=\"a\",NULL,$i))", "{\"b\", \"c\"}"},
          {"Select($i,[binaries],Len($i))", "{1, 2}"},
          {"Select($i,[many],$i/1)", "error"},
          {"Select($i,[many],Select($j,[counts],$i & $j))",
           "{\"b1\", \"b3\", \"a1\", \"a3\", \"c1\", \"c3\"}"});
    CHECK({"Where($i,[many],$i<>\"a\")", "{\"b\", \"c\"}"},
          {"Where($i,[many],False)", "NULL"}, {"Where($i,[many],NULL)", "NULL"},
          {"Where($i,[absent],True)", "NULL"}, {"Where($i,[counts],$i>1)", "3"},
          {"Where($i,[many],$i)", "error"},
          {"Where($i,[proxyAddresses],InStr($i,\"SMTP:\")=1)",
           "\"SMTP:ada@fabrikam.example\""});
    CHECK({"With($x,[text],$x & $x)", "\"abcabc\""}, {"With($x,1/0,IIF(True,1,$x))", "1"},
          {"With($x,1/0,$x)", "error"}, {"With($x,1,With($x,2,$x) + $x)", "3"},
          {"With($x,GUID(),$x = $x)", "True"},
          {"With($big,Where($i,[counts],$i>1),IIF(Count($big)>0,$big,NULL))", "3"});
}
END_TEST

START_TEST(errors_of_rule_authors)
{
    CHECK({"Error(\"no \" & [text])", "Error(\"no abc\")"},
          {"Error([absent])", "Error(\"\")"}, {"Trim(Error(\"x\"))", "Error(\"x\")"},
          {"Error(Error(\"inner\"))", "Error(\"inner\")"},
          {"IsNull(Error(\"x\"))", "Error(\"x\")"}, {"Error([bytes])", "error"},
          {"Error(\"no \" & [many])", "Error(\"no b\")"});
}
END_TEST

START_TEST(the_source_object)
{
    CHECK({"ImportedValue(\"mail\")", "\"ada@fabrikam.example\""},
          {"ImportedValue(\"text\")", "NULL"},
          {"ImportedValue(\"MAIL\") = [mail]", "True"}, {"ValueCount(\"many\")", "3"},
          {"ValueCount(\"text\")", "1"}, {"ValueCount(\"absent\")", "0"},
          {"%Domain%", "\"contoso.com\""},
          {"[text] & \"@\" & %Domain%", "\"abc@contoso.com\""}, {"%None%", "error"});
}
END_TEST

START_TEST(functions_of_mim)
{
    CHECK({"MimWord(\"Test;of%function;\",3,\";$&%\")", "\"function\""},
          {"MimWord(\"Test;;Function\",2,\";\")", "\"\""},
          {"MimWord(\"Test;of%function;\",0,\";$&%\")", "\"\""},
          {"MimWord([absent],1,\";\")", "\"\""},
          {"MimWord([many],1,\";\")", "{\"b\", \"a\", \"c\"}"},
          {"MimWord([bytes],1,\";\")", "error"});
    CHECK({"MimMid(\"Britta Simon\",3,5)", "\"itta \""}, {"MimMid([text],1,-1)", "\"\""},
          {"MimMid([text],9,1)", "\"abc\""}, {"MimMid([absent],1,1)", "\"\""},
          {"MimMid([bytes],2,1)", "hex:02"}, {"MimMid([text],\"x\",1)", "error"});
    CHECK({"ReplaceString(\"One\\n\\rMicrosoft\\n\\rWay\",\"\\\\n\\\\r\",\" \")",
           "\"One Microsoft Way\""},
          {"ReplaceString([text],\"b\",\"\\\\t\")", "\"a\\tc\""},
          {"ReplaceString([absent],\"b\",\"c\")", "NULL"},
          {"ReplaceString([many],\"a\",\"z\")", "{\"b\", \"z\", \"c\"}"},
          {"ReplaceString([bytes],\"b\",\"c\")", "error"});
}
END_TEST

/* What varies is always evaluated: each function says so, or is believed to give the same
 * of the same. */
START_TEST(what_varies_is_known_to)
{
    static const char *const varying[] = {"GUID", "Now", "RandomNum"};
    const struct expr_function_help *all;
    size_t count = expr_functions(&all);
    size_t found = 0;

    for (size_t i = 0; i < count; i++) {
        struct expr *expr;
        struct ma_error err;
        bool varies = false;

        for (size_t v = 0; v < sizeof varying / sizeof varying[0]; v++)
            varies = varies || strcmp(all[i].name, varying[v]) == 0;
        found += varies;
        if (all[i].refused)
            continue;
        ck_assert_int_eq(
            expr_parse(&expr, &arena, names, slice_text(all[i].example), &err), MA_OK);
        ck_assert_msg(expr_varies(expr) == varies, "%s", all[i].name);
    }
    ck_assert_uint_eq(found, sizeof varying / sizeof varying[0]);
}
END_TEST

START_TEST(what_varies_does_so_wherever_it_is_asked)
{
    static const char *const texts[] = {
        "IIF([flag],\"a\",GUID())", "[text] & Left(GUID(),RandomNum(1,3))",
        "DateAdd(\"d\",1,Now())", "Switch([flag],RandomNum(0,1),True,1)"};
    struct expr *expr;
    struct ma_error err;

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        ck_assert_int_eq(expr_parse(&expr, &arena, names, slice_text(texts[i]), &err),
                         MA_OK);
        ck_assert(expr_varies(expr));
    }
}
END_TEST

SUITE_WITH("expr/functions", begin, end, every_function_does_what_its_example_says, left,
           right, mid, len, trim, case_of_letters, instr, padding, replacing, words,
           guid_is_new_each_time, to_boolean, to_number, to_text, guids_and_sids,
           thumbprints, encodings, reading_dates, dates_and_numbers, moving_dates,
           writing_dates, now_is_the_clock, components_of_a_dn, what_is_there, what_it_is,
           bits, searching_a_set, counting_and_picking, joining_and_splitting, iif,
           switch_evaluates_all_conditions, select_where_with, errors_of_rule_authors,
           the_source_object, functions_of_mim, what_varies_is_known_to,
           what_varies_does_so_wherever_it_is_asked)
