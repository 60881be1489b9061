#include "eti/x509/chain_verifier.h"

#include "tests/support/certificate_builder.h"
#include "tests/support/temporary_folder.h"
#include "x509/removed_roots.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <chrono>
#include <ctime>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <vector>

namespace eti::x509 {
namespace {

using test::CertificateBuilder;
using test::TestCertificate;
using testing::AllOf;
using testing::HasSubstr;

constexpr std::time_t kSpring = 1'700'000'000;
constexpr std::time_t kSummer = 1'710'000'000;
constexpr std::time_t kAutumn = 1'720'000'000;
constexpr std::time_t kFar = 2'000'000'000;

Timestamp at(int64_t second) {
    return Timestamp(std::chrono::seconds(second));
}

CertificateBuilder named(const char* name) {
    return CertificateBuilder().subject("CN", name);
}

std::vector<std::span<const uint8_t>> chain(
    std::initializer_list<const TestCertificate*> certificates) {
    std::vector<std::span<const uint8_t>> bytes;
    for (const TestCertificate* certificate : certificates) {
        bytes.emplace_back(certificate->der);
    }
    return bytes;
}

// A root in a bundle, two intermediates below it, and a leaf that is valid in summer only.
class ChainVerifierTest : public testing::Test {
  protected:
    std::string bundle(const std::string& name, const TestCertificate& certificate) {
        test::write_file(folder_ / name, certificate.certificate_pem());
        return folder_ / name;
    }

    test::TemporaryFolder folder_;
    TestCertificate root_ = named("Root").valid(0, kFar).authority().self_signed();
    TestCertificate upper_ = named("Upper").valid(kSpring, kFar).authority().signed_by(root_);
    TestCertificate lower_ = named("Lower").valid(kSpring, kAutumn).authority().signed_by(upper_);
    TestCertificate leaf_ = named("leaf").valid(kSummer, kFar).signed_by(lower_);
    ChainVerifier verifier_{bundle("roots.pem", root_)};
};

TEST_F(ChainVerifierTest, a_chain_verifies_while_all_of_it_is_valid) {
    const ChainVerdict verdict = verifier_.judge(chain({&leaf_, &lower_, &upper_}), at(kSummer));
    EXPECT_TRUE(verdict.issuer_known);
    EXPECT_EQ(verdict.from, kSummer) << "the latest beginning, the leaf's";
    EXPECT_EQ(verdict.until, kAutumn) << "the earliest end, an intermediate's";
    EXPECT_TRUE(verdict.verifies(kSummer));
    EXPECT_TRUE(verdict.verifies(kAutumn));
    EXPECT_FALSE(verdict.verifies(kSummer - 1));
    EXPECT_FALSE(verdict.verifies(kAutumn + 1));
}

TEST_F(ChainVerifierTest, an_expired_chain_still_has_a_known_issuer) {
    const ChainVerdict verdict =
        verifier_.judge(chain({&leaf_, &lower_, &upper_}), at(kAutumn + 1));
    EXPECT_TRUE(verdict.issuer_known);
    EXPECT_FALSE(verdict.verifies(kAutumn + 1));
    EXPECT_TRUE(verdict.verifies(kAutumn));
}

TEST_F(ChainVerifierTest, certificates_that_were_never_valid_together_verify_at_no_time) {
    const TestCertificate late = named("late").valid(kAutumn + 1, kFar).signed_by(lower_);
    const ChainVerdict verdict = verifier_.judge(chain({&late, &lower_, &upper_}), at(kSummer));
    EXPECT_TRUE(verdict.issuer_known);
    EXPECT_GT(verdict.from, verdict.until);
}

TEST_F(ChainVerifierTest, intermediates_come_in_any_order_with_others_among_them) {
    const TestCertificate stranger = named("Stranger").authority().self_signed();
    for (const auto& sent :
         {chain({&leaf_, &lower_, &upper_}), chain({&leaf_, &upper_, &lower_}),
          chain({&leaf_, &root_, &upper_, &lower_}), chain({&leaf_, &stranger, &upper_, &lower_}),
          chain({&leaf_, &leaf_, &lower_, &upper_, &upper_})}) {
        EXPECT_TRUE(verifier_.judge(sent, at(kSummer)).verifies(kSummer));
    }
}

TEST_F(ChainVerifierTest, what_does_not_lead_to_a_root_has_no_known_issuer) {
    const TestCertificate own = named("own").self_signed();
    const TestCertificate own_authority = named("Root").authority().self_signed();
    const TestCertificate below_it = named("below").signed_by(own_authority);
    const TestCertificate issued_by_a_leaf = named("below").signed_by(leaf_);
    struct Case {
        const char* why;
        std::vector<std::span<const uint8_t>> sent;
    };
    const Case cases[] = {
        {"no certificate", {}},
        {"an intermediate is missing", chain({&leaf_, &upper_})},
        {"the other is missing", chain({&leaf_, &lower_})},
        {"the leaf alone", chain({&leaf_})},
        {"the leaf is not the first", chain({&own, &leaf_, &lower_, &upper_})},
        {"self-signed", chain({&own})},
        {"signed by a namesake of the root", chain({&below_it, &own_authority})},
        {"signed by what is no authority", chain({&issued_by_a_leaf, &leaf_, &lower_, &upper_})},
    };
    for (const Case& each : cases) {
        const ChainVerdict verdict = verifier_.judge(each.sent, at(kSummer));
        EXPECT_FALSE(verdict.issuer_known) << each.why;
        EXPECT_FALSE(verdict.verifies(kSummer)) << each.why;
        EXPECT_FALSE(verdict.verifies(0)) << each.why;
    }
}

TEST_F(ChainVerifierTest, bytes_that_are_no_certificate_are_passed_over) {
    const std::vector<uint8_t> garbage(300, 0x30);
    auto sent = chain({&leaf_, &lower_, &upper_});
    sent.insert(sent.begin() + 1, {garbage, {}});
    EXPECT_TRUE(verifier_.judge(sent, at(kSummer)).verifies(kSummer));
    sent.insert(sent.begin(), garbage);
    EXPECT_FALSE(verifier_.judge(sent, at(kSummer)).issuer_known) << "the leaf itself";
    for (std::size_t size = 0; size < leaf_.der.size(); ++size) {
        const std::vector<std::span<const uint8_t>> cut{
            {leaf_.der.data(), size}, lower_.der, upper_.der};
        EXPECT_FALSE(verifier_.judge(cut, at(kSummer)).issuer_known) << size;
    }
    EXPECT_EQ(ERR_peek_error(), 0U) << "the error queue is left empty";
}

TEST_F(ChainVerifierTest, a_changed_byte_breaks_the_chain) {
    for (std::size_t place = 0; place < leaf_.der.size(); ++place) {
        TestCertificate changed = leaf_;
        changed.der[place] = static_cast<uint8_t>(~changed.der[place]);
        EXPECT_FALSE(verifier_.judge(chain({&changed, &lower_, &upper_}), at(kSummer)).issuer_known)
            << place;
    }
}

TEST_F(ChainVerifierTest, of_several_paths_the_one_valid_at_the_time_is_taken) {
    const TestCertificate renewed = named("Lower")
                                        .serial("2")
                                        .key_of(lower_)
                                        .valid(kAutumn, kFar)
                                        .authority()
                                        .signed_by(upper_);
    const auto sent = chain({&leaf_, &lower_, &renewed, &upper_});
    EXPECT_EQ(verifier_.judge(sent, at(kSummer)).until, kAutumn);
    EXPECT_EQ(verifier_.judge(sent, at(kAutumn + 1)).from, kAutumn);
    EXPECT_EQ(verifier_.judge(sent, at(kAutumn + 1)).until, kFar);
}

TEST_F(ChainVerifierTest, a_site_adds_roots_of_its_own) {
    const TestCertificate house = named("House").authority().self_signed();
    const TestCertificate printer = named("printer").signed_by(house);
    EXPECT_FALSE(verifier_.judge(chain({&printer}), at(kSummer)).issuer_known);
    EXPECT_EQ(verifier_.roots(), 1U);
    verifier_.trust(bundle("house.pem", house));
    EXPECT_EQ(verifier_.roots(), 2U);
    for (const int64_t second : {int64_t{kSummer}, ChainVerifier::kRemovedRootsUntil - 1}) {
        EXPECT_TRUE(verifier_.judge(chain({&printer}), at(second)).issuer_known) << second;
    }
    EXPECT_TRUE(verifier_.judge(chain({&leaf_, &lower_, &upper_}), at(kSummer)).verifies(kSummer))
        << "the others still count";
}

TEST_F(ChainVerifierTest, a_bundle_without_roots_is_an_error_that_names_it) {
    test::write_file(folder_ / "empty.pem", "");
    test::write_file(folder_ / "text.pem", "no PEM\n");
    test::write_file(folder_ / "key.pem", root_.key_pem());
    for (const char* name : {"missing.pem", "empty.pem", "text.pem", "key.pem"}) {
        try {
            ChainVerifier verifier(folder_ / name);
            ADD_FAILURE() << name << " was taken";
        } catch (const std::runtime_error& error) {
            EXPECT_THAT(error.what(), AllOf(HasSubstr(folder_ / name), HasSubstr("install")));
        }
        EXPECT_THROW(verifier_.trust(folder_ / name), std::runtime_error) << name;
    }
    EXPECT_EQ(verifier_.roots(), 1U);
    EXPECT_EQ(ERR_peek_error(), 0U);
}

// The first of the removed roots, as DER.
std::vector<uint8_t> removed_root() {
    const std::string pem(removed_roots());
    const std::unique_ptr<BIO, decltype(&BIO_free)> text(
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
    const std::unique_ptr<X509, decltype(&X509_free)> root(
        PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr), X509_free);
    std::vector<uint8_t> der(static_cast<std::size_t>(std::max(i2d_X509(root.get(), nullptr), 0)));
    unsigned char* end = der.data();
    i2d_X509(root.get(), &end);
    return der;
}

TEST_F(ChainVerifierTest, removed_roots_count_in_sessions_before_2021_only) {
    const std::vector<uint8_t> root = removed_root();
    ASSERT_FALSE(root.empty());
    const int64_t end = ChainVerifier::kRemovedRootsUntil;
    EXPECT_EQ(end % (24L * 3600), 0);
    EXPECT_TRUE(verifier_.judge({root}, at(end) - Duration(1)).issuer_known);
    EXPECT_FALSE(verifier_.judge({root}, at(end)).issuer_known);
    EXPECT_EQ(verifier_.roots(), 1U) << "they are none of the bundle's";
}

}  // namespace
}  // namespace eti::x509
