#include "eti/dialogue.h"

#include "eti/files.h"

#include <utility>

namespace eti::client {
namespace {

Reply failed(Reply reply, std::string why) {
    reply.ok = false;
    reply.output = std::move(why);
    return reply;
}

Reply load(Client& client, Operator& person, const std::string& line, Reply reply) {
    std::optional<std::string> text;
    if (!reply.input->empty()) {
        std::string why;
        text = read_file(*reply.input, why);
        if (!text) {
            return failed(std::move(reply), why);
        }
    } else {
        person.show(reply, reply.output);
        text = person.typed_text();
        if (!text) {
            return failed(std::move(reply), "The text was discarded, nothing was loaded\n");
        }
    }
    return client.load(line, *text);
}

}  // namespace

Reply run_dialogue(Client& client, Operator& person, const std::string& line) {
    Reply reply = client.execute(line);
    if (reply.input) {
        reply = load(client, person, line, std::move(reply));
    }
    while (reply.question) {
        person.show(reply, reply.output);
        reply = client.answer(person.answer(reply.question->text));
    }
    return deliver(std::move(reply));
}

Reply deliver(Reply reply) {
    if (!reply.file || !reply.ok) {
        return reply;
    }
    const Written written = write_file(*reply.file, reply.output);
    if (!reply.file->show) {
        reply.output.clear();
    }
    reply.output += written.message;
    reply.ok = written.ok;
    return reply;
}

}  // namespace eti::client
