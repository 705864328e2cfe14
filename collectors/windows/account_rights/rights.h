// Rights of accounts: SECURITY, Policy\Accounts.
#pragma once

#include "agent/base/registry_hive.h"
#include "collectors/windows/base/account_names.h"
#include "konseki/record.h"

namespace konseki::windows {

extern const RecordSchema kAccountRightSchema;

// One windows.account_right for each account of the local policy ([MS-LSAD] 3.1.1.5) that has a
// privilege or a right to log on. Values that are too short, or claim more than they hold, leave
// a record of status kPartial with what could be read.
void parse_account_rights(const RegistryHive& security, const AccountNames& names,
                          const RecordEmitter& emit);

}  // namespace konseki::windows
