"""Statements of one account in three formats, as a bank would send them."""

import pytest

MT940 = """\
:20:STARTUMS
:25:DE89370400440532013000
:28C:00005/001
:60F:C240501EUR1000,00
:61:2405020502CR1190,00NTRFRE-2024-7//BANKREF
:86:166?00GUTSCHRIFT?20Invoice RE-2024-7?21 with thanks?32Muster GmbH
:61:2405060506D89,5NMSCNONREF
:86:105?00LASTSCHRIFT?20Power May?32City Power
:62F:C240531EUR2100,50
-
"""

CAMT = """\
<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">
 <BkToCstmrStmt>
  <Stmt>
   <Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></Acct>
   <Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp>
    <Amt Ccy="EUR">1000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
   <Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp>
    <Amt Ccy="EUR">2100.50</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
   <Ntry>
    <Amt Ccy="EUR">1190.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
    <BookgDt><Dt>2024-05-02</Dt></BookgDt>
    <NtryDtls><TxDtls><Refs><EndToEndId>RE-2024-7</EndToEndId></Refs>
     <RltdPties><Dbtr><Nm>Muster GmbH</Nm></Dbtr></RltdPties>
     <RmtInf><Ustrd>Invoice RE-2024-7 with thanks</Ustrd></RmtInf></TxDtls></NtryDtls>
   </Ntry>
   <Ntry>
    <Amt Ccy="EUR">89.50</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts>
    <BookgDt><Dt>2024-05-06</Dt></BookgDt>
    <NtryDtls><TxDtls><RltdPties><Cdtr><Nm>City Power</Nm></Cdtr></RltdPties>
     <RmtInf><Ustrd>Power May</Ustrd></RmtInf></TxDtls></NtryDtls>
   </Ntry>
   <Ntry>
    <Amt Ccy="EUR">5.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>PDNG</Sts>
   </Ntry>
  </Stmt>
 </BkToCstmrStmt>
</Document>
"""

CSV = """\
Buchungstag;Name;Verwendungszweck;Betrag;Währung
02.05.2024;Muster GmbH;Invoice RE-2024-7 with thanks;1.190,00;EUR
06.05.2024;CITY POWER;Power  May;-89,50;EUR
"""


@pytest.fixture
def mt940() -> str:
    return MT940


@pytest.fixture
def camt() -> str:
    return CAMT


@pytest.fixture
def german_csv() -> str:
    return CSV
