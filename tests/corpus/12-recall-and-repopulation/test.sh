#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh MACTL SOURCE: HR ranks before AD, and both have a title. When HR lets a person go, AD's
# takes its place in the same synchronisation, with AD's lineage; where HR is not recalled, HR's stays.
set -uo pipefail
mactl=$1
. "$2/tests/corpus/lib.sh"
scenario 12-recall-and-repopulation
begin() {
  run 0 HR 'Full Import'
  run 0 HR 'Delta Sync'
  run 0 AD 'Full Import'
  run 0 AD 'Delta Sync'
  run 0 Phones 'Full Import'
  run 0 Phones 'Delta Sync'
  run 0 Phones Export
  run 0 Phones 'Full Import'
}
leave() {
  edit "$instance/madata/HR/hr.csv" /1001/d
  run 0 HR 'Full Import'
}
begin
step 1-hr-has-the-title 0 Phones 'Delta Sync'
leave
step 2-ad-takes-over 0 HR 'Delta Sync'
edit "$instance/madata/AD/ad.ldif" '/^title: Analyst/d'
run 0 AD 'Full Import'
step 3-nobody-has-one 0 AD 'Delta Sync'

instance=$folder/kept
scenario 12-recall-and-repopulation
edit "$instance/config/MV.xml" '/per-ma-options/,/HR/ s/>true</>false</'
begin
run 0 Phones 'Delta Sync'
leave
step 4-or-hr-is-kept 0 HR 'Delta Sync'
finish
