using Scoring.Core;
using Scoring.Core.Recording;
using Scoring.Server.Errors;
using Scoring.Server.Fields;

namespace Scoring.Server.Recording;

/// <summary>Checks customers and accounts of a request.</summary>
internal static class UpdateIntake
{
    /// <summary>What is wrong with a customer; null when it can be taken.</summary>
    public static FieldFault? Read(V1.Customer customer, out CustomerUpdate update)
    {
        update = new CustomerUpdate(customer.CustomerId, customer.AccountId, [.. customer.Attributes]);
        return TextRules.CheckRequired(customer.CustomerId, "customer_id", Limits.IdBytes)
            ?? TextRules.Check(customer.AccountId, "account_id", Limits.IdBytes)
            ?? TextRules.CheckCustomerAttributes(update.Attributes);
    }

    /// <summary>What is wrong with an account; null when it can be taken.</summary>
    public static FieldFault? Read(V1.Account account, out AccountUpdate update)
    {
        update = new AccountUpdate(
            account.AccountId,
            account.HasSeatCount ? account.SeatCount : null,
            [.. account.Attributes]
        );
        return TextRules.CheckRequired(account.AccountId, "account_id", Limits.IdBytes)
            ?? (
                update.Seats is < 0 or > Limits.Seats
                    ? FieldFault.Invalid("seat_count", $"must be 0 to {Limits.Seats:N0}")
                    : null
            )
            ?? TextRules.CheckAccountAttributes(update.Attributes);
    }
}
