using Scoring.Core.Listing;
using Scoring.Server.Errors;

namespace Scoring.Server.Listing;

/// <summary>Reads <c>order_by</c>, as <see href="https://google.aip.dev/132#ordering">AIP-132</see> has it, of one field.</summary>
internal static class CustomerOrders
{
    private const string Falling = "desc";

    private static readonly Dictionary<string, CustomerOrder> Orders = new(StringComparer.Ordinal)
    {
        [""] = CustomerOrder.Id,
        ["customer_id"] = CustomerOrder.Id,
        ["score"] = CustomerOrder.Score,
        ["momentum"] = CustomerOrder.Momentum,
        ["last_event"] = CustomerOrder.LastEvent,
    };

    /// <summary>The order, and whether the highest come first.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT: there is no such order.</exception>
    public static (CustomerOrder Order, bool Falling) Read(string orderBy)
    {
        var words = orderBy.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length <= 2
            && (words.Length < 2 || words[1] is Falling or "asc")
            && Orders.TryGetValue(words.FirstOrDefault(""), out var order)
            ? (order, words is [_, Falling])
            : throw CallErrors.From(
                FieldFault.Invalid(
                    "order_by",
                    $"must be one of {string.Join(", ", Orders.Keys.Where(name => name.Length > 0))}, with \" desc\" behind it where the highest are to come first"
                )
            );
    }
}
