#include "agent/report/signature_facts.h"

#include "agent/seal/signature.h"

namespace konseki {

SignatureFacts signature_facts(BundleReader& bundle, JsonView run, const ManifestFacts& manifest) {
  SignatureFacts facts;
  const auto key = parse_verifying_key(run["signing"]["public_key"].text());
  if (key) {
    facts.public_key = key->text();
    facts.key_id = key->id_text();
  }
  const auto text = member_text(bundle, "konseki/manifest.json.minisig");
  if (!text) {
    const bool recovered = json_view(manifest.run)["recovered"].is_true();
    facts.state = key && !recovered ? SealSignature::kMissing : SealSignature::kNone;
    return facts;
  }
  const auto signature = parse_signature(*text);
  if (!key || !signature || !verify_signature(*key, manifest.to_sign, *signature)) {
    facts.state = SealSignature::kWrong;
    return facts;
  }
  facts.state = SealSignature::kGood;
  facts.trusted_comment = signature->trusted_comment;
  return facts;
}

Bilingual signature_text(const SignatureFacts& facts) {
  switch (facts.state) {
    case SealSignature::kNone:
      return {"not signed", "署名なし"};
    case SealSignature::kGood:
      return {"right, by the key that the bundle names", "正しい (バンドルに記載の鍵による)"};
    case SealSignature::kMissing:
      return {"MISSING, though the run signed: someone removed it",
              "署名が失われています (収集時には署名されています)"};
    case SealSignature::kWrong:
      break;
  }
  return {"WRONG: the manifest or the signature was changed",
          "署名不一致: 目録または署名が変更されています"};
}

}  // namespace konseki
