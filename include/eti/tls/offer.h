// What a client offered, as far as a server's choice is judged by it: clients skip, or refuse,
// what they did not ask for, so such a choice must not hide a certificate.
#pragma once

#include "eti/tls/client_hello.h"
#include "eti/tls/server_hello.h"

namespace eti::tls {

// A hello that was not seen, or not understood, may have offered anything.
class Offer {
  public:
    void read(const ClientHello& hello) {
        known_ = true;
        tls13_ = hello.offers_tls13();
        forms_ = hello.certificate_forms;
    }
    bool tls13_agreed(const ServerHello& hello) const {
        return hello.tls13() && (!known_ || tls13_);
    }
    CertificateForm form_agreed(const ServerHello& hello) const {
        const auto form = hello.certificate_form;
        return !known_ || (forms_ >> static_cast<unsigned>(form) & 1U) != 0 ? form
                                                                            : CertificateForm::X509;
    }

  private:
    bool known_ = false;
    bool tls13_ = false;
    uint8_t forms_ = 0;
};

}  // namespace eti::tls
