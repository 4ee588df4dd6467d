using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Evaluation;
using Scoring.Core.Time;
using Scoring.Server.Errors;
using Scoring.Server.Fields;

namespace Scoring.Server.Evaluation;

/// <summary>Reads what is to be told beforehand.</summary>
internal static class OutcomeReader
{
    /// <summary>Reads the field <c>outcome</c>.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT: it is absent or wrong.</exception>
    public static OutcomeRule Read(V1.OutcomeRule? outcome) =>
        outcome?.RuleCase switch
        {
            V1.OutcomeRule.RuleOneofCase.Event => OfEvent(outcome.Event),
            V1.OutcomeRule.RuleOneofCase.Attribute => OfAttribute(outcome.Attribute),
            V1.OutcomeRule.RuleOneofCase.SilenceDays => new OutcomeRule.OfSilence(
                EvaluationReader.Days(outcome.SilenceDays, "outcome.silence_days", ordinary: 0)
            ),
            V1.OutcomeRule.RuleOneofCase.List => OfList(outcome.List),
            _ => throw CallErrors.From(TextRules.Missing("outcome")),
        };

    private static OutcomeRule.OfEvent OfEvent(V1.OutcomeEvent rule)
    {
        CallErrors.ThrowIf(TextRules.CheckSought(rule.EventType, "outcome.event.event_type", Limits.NameBytes));
        return new(rule.EventType, rule.CanRecur);
    }

    private static OutcomeRule.OfAttribute OfAttribute(V1.OutcomeAttribute rule)
    {
        CallErrors.ThrowIf(
            TextRules.CheckSought(rule.Key, "outcome.attribute.key", Limits.AttributeKeyBytes)
                ?? TextRules.CheckSought(rule.Value, "outcome.attribute.value", Limits.AttributeValueBytes)
        );
        return new(rule.Key, rule.Value);
    }

    private static OutcomeRule.OfList OfList(V1.OutcomeList list)
    {
        const string Field = "outcome.list.customers";
        if (list.Customers.Count is 0 or > Limits.ListedOutcomes)
        {
            throw CallErrors.From(FieldFault.Invalid(Field, $"must be 1 to {Limits.ListedOutcomes:N0} customers"));
        }
        var customers = new Dictionary<string, Instant>(list.Customers.Count, StringComparer.Ordinal);
        for (var i = 0; i < list.Customers.Count; i++)
        {
            var (id, time) = (list.Customers[i].CustomerId, list.Customers[i].Time);
            CallErrors.ThrowIf(TextRules.CheckSought(id, $"{Field}[{i}].customer_id", Limits.IdBytes));
            if (time is null)
            {
                throw CallErrors.From(TextRules.Missing($"{Field}[{i}].time"));
            }
            CallErrors.ThrowIf(Instants.Read(time, $"{Field}[{i}].time", out var at));
            if (!customers.TryAdd(id, at))
            {
                throw CallErrors.From(FieldFault.Invalid($"{Field}[{i}].customer_id", "must not be there twice"));
            }
        }
        return new(customers);
    }
}
