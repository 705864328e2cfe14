#include "agent/pipeline/record_stage.h"

#include "agent/base/record_json.h"

namespace konseki {

Result<void> RecordStage::write(const RecordLine& line) {
  ++counts_.records[std::string(line.schema)];
  return writer_.append_line("records/" + std::string(line.schema), line.json);
}

Result<void> RecordStage::write(const Record& record) {
  if (matches_) matches_->see_record(record);
  return write(RecordLine{record.schema().name, record_json(record)});
}

}  // namespace konseki
